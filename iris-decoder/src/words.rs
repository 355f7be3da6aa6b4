//! Blocks of words, and lists of them.

/// The words that are there. Positions are counted in words, and 0 is none.
pub(crate) struct Words<'a> {
    words: &'a mut [u32],
    /// Where the next block begins, an even place: so halves of 64 bits, at even places in it, stand as they must.
    next: usize,
    /// Whether there was not room enough.
    is_full: bool,
}

impl<'a> Words<'a> {
    pub(crate) fn new(words: &'a mut [u32]) -> Self {
        Words {
            words,
            next: 2,
            is_full: false,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// A block of zeros.
    pub(crate) fn block(&mut self, size: usize) -> Option<usize> {
        let block = self.next;
        let end = block.checked_add(size)?.checked_next_multiple_of(2)?;
        let Some(words) = self.words.get_mut(block..end) else {
            self.is_full = true;
            return None;
        };
        words.fill(0);
        self.next = end;
        Some(block)
    }

    /// A word behind the block that was made last.
    pub(crate) fn push(&mut self, word: u32) -> Option<()> {
        let Some(next) = self.words.get_mut(self.next) else {
            self.is_full = true;
            return None;
        };
        *next = word;
        self.next += 1;
        Some(())
    }

    /// The next block begins at an even place again.
    pub(crate) fn align(&mut self) {
        self.next = self.next.next_multiple_of(2);
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        self.words.get(at).copied()
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, at: usize, word: u32) -> Option<()> {
        *self.words.get_mut(at)? = word;
        Some(())
    }

    pub(crate) fn set_both(&mut self, at: usize, [low, high]: [u32; 2]) -> Option<()> {
        let (both, _) = self.words.get_mut(at..)?.split_first_chunk_mut()?;
        *both = [low, high];
        Some(())
    }

    /// Adds a cell to a list, of which the first and the last stand there. Each cell begins with where the next one is.
    pub(crate) fn append(&mut self, list: usize, cell: usize) -> Option<()> {
        let cell = u32::try_from(cell).ok()?;
        match self.get(list + 1)? {
            0 => self.set(list, cell)?,
            last => self.set(last as usize, cell)?,
        }
        self.set(list + 1, cell)
    }
}
