//! Puts choices together, as [`Input`](crate::input::Input) takes them apart.

/// The bytes so far.
#[derive(Debug, Default)]
pub(crate) struct Output(Vec<u8>);

impl Output {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn u16(&mut self, number: u16) {
        self.0.extend(number.to_be_bytes());
    }

    /// Bytes that say their length first; `false` where they are longer than can be said.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> bool {
        let Ok(length) = u8::try_from(bytes.len()) else {
            return false;
        };
        self.byte(length);
        self.0.extend(bytes);
        true
    }

    /// Names and values, after their count; of those that can be said the first seven.
    pub(crate) fn headers<'a>(&mut self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let sayable = |text: &str| text.len() <= usize::from(u8::MAX);
        let headers = headers.into_iter();
        let headers = headers.filter(|(name, value)| sayable(name) && sayable(value));
        let headers: Vec<_> = headers.take(7).collect();
        self.byte(u8::try_from(headers.len()).unwrap_or_default());
        for (name, value) in headers {
            // None of the names that the target knows by a number.
            self.byte(0xff);
            self.piece(name.as_bytes());
            self.piece(value.as_bytes());
        }
    }

    /// The lengths of the first pieces of a body; as long a piece as can be said where it was longer.
    pub(crate) fn cuts(&mut self, pieces: &[Vec<u8>]) {
        let before = &pieces[..pieces.len().saturating_sub(1).min(15)];
        self.byte(u8::try_from(before.len()).unwrap_or_default());
        for piece in before {
            self.byte(u8::try_from(piece.len()).unwrap_or(u8::MAX));
        }
    }

    /// All of it, before what needs no length.
    pub(crate) fn before(mut self, rest: &[u8]) -> Vec<u8> {
        self.0.extend(rest);
        self.0
    }
}
