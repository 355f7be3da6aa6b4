// What guests look like.

/** Gives an element a guest's name, and a colour that is always the same for it. */
export function name(element, guest) {
    let hue = 0;
    for (const character of guest) hue = (31 * hue + character.codePointAt(0)) % 360;
    element.textContent = guest;
    element.style.setProperty("--hue", hue);
    element.classList.add("guest");
}
