//! A file as UTF-8 that a parser takes piece by piece: memory holds a piece, whatever the length of the file.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Error, Read};
use std::rc::Rc;

use crate::ingest::text::Found;

/// Longest text or tag between two others, bytes: 1C writes pictures into elements of some megabytes.
const MAX_EVENT: u64 = 64 << 20;

/// What is known of a file while it is read.
#[derive(Default)]
pub struct Progress {
    /// The piece that is read now, and how much of it is passed.
    piece: RefCell<Rc<Vec<u8>>>,
    at: Cell<usize>,
    /// Line ends and bytes before the piece.
    lines: Cell<u64>,
    before: Cell<u64>,
    /// Where the last event began, bytes.
    began: Cell<u64>,
    undecodable: Cell<usize>,
}

impl Progress {
    /// Line of the place that is reached, from 1.
    pub fn line(&self) -> u64 {
        let piece = self.piece.borrow();
        self.lines.get() + line_ends(&piece[..self.at.get().min(piece.len())]) + 1
    }

    pub fn undecodable(&self) -> usize {
        self.undecodable.get()
    }

    pub fn begin_event(&self) {
        self.began.set(self.passed());
    }

    pub fn is_too_long(&self) -> bool {
        self.passed() - self.began.get() > MAX_EVENT
    }

    fn passed(&self) -> u64 {
        self.before.get() + self.at.get() as u64
    }

    fn begin_piece(&self, piece: &Rc<Vec<u8>>) {
        *self.piece.borrow_mut() = piece.clone();
    }

    /// Takes a piece back that is passed, for its memory.
    fn end_piece(&self, piece: Rc<Vec<u8>>) -> Vec<u8> {
        *self.piece.borrow_mut() = Rc::default();
        self.lines.set(self.lines.get() + line_ends(&piece));
        self.before.set(self.before.get() + piece.len() as u64);
        self.at.set(0);
        let mut room = Rc::try_unwrap(piece).unwrap_or_default();
        room.clear();
        room
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Decodes a source that is in one encoding throughout.
pub struct Decoded<'p> {
    source: Box<dyn Read + 'p>,
    found: &'p Found,
    progress: &'p Progress,
    /// Bytes taken from the source at a time.
    piece: u64,
    raw: Vec<u8>,
    /// Shared with `progress`, which counts its lines when somebody asks.
    text: Rc<Vec<u8>>,
    /// Bytes of `text` that were consumed.
    at: usize,
    skip: usize,
    is_last: bool,
}

impl<'p> Decoded<'p> {
    pub fn new(source: impl Read + 'p, found: &'p Found, progress: &'p Progress, piece: u64) -> Self {
        Decoded {
            source: Box::new(source),
            found,
            progress,
            piece,
            raw: Vec::new(),
            text: Rc::default(),
            at: 0,
            skip: found.bom,
            is_last: false,
        }
    }

    fn next_piece(&mut self) -> std::io::Result<()> {
        let mut text = self.progress.end_piece(std::mem::take(&mut self.text));
        while text.is_empty() && !self.is_last {
            let read = (&mut self.source).take(self.piece).read_to_end(&mut self.raw)?;
            self.is_last = (read as u64) < self.piece;
            let end = if self.is_last { self.raw.len() } else { self.found.border(&self.raw) };
            let decoded = self.found.decode(&self.raw[self.skip.min(end)..end]);
            self.progress.undecodable.set(self.progress.undecodable.get() + decoded.undecodable);
            text.extend_from_slice(decoded.text.as_bytes());
            self.raw.drain(..end);
            self.skip = 0;
        }
        self.text = Rc::new(text);
        self.at = 0;
        self.progress.begin_piece(&self.text);
        Ok(())
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = {
            let text = self.fill_buf()?;
            let length = text.len().min(into.len());
            into[..length].copy_from_slice(&text[..length]);
            length
        };
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Decoded<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.progress.is_too_long() {
            return Err(Error::other("an event is too long"));
        }
        if self.at == self.text.len() {
            self.next_piece()?;
        }
        Ok(&self.text[self.at..])
    }

    fn consume(&mut self, length: usize) {
        self.at += length;
        self.progress.at.set(self.at);
    }
}
