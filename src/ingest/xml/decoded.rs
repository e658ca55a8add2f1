//! A file as UTF-8 that a parser takes piece by piece: memory holds a piece, whatever the length of the file.

use std::cell::Cell;
use std::io::{BufRead, Error, Read};

use crate::ingest::text::Found;

/// Longest text or tag between two others, bytes: 1C writes pictures into elements of some megabytes.
const MAX_EVENT: u64 = 64 << 20;

/// What is known of a file while it is read.
#[derive(Default)]
pub struct Progress {
    /// Line ends passed.
    lines: Cell<u64>,
    /// Bytes passed since the last event.
    pending: Cell<u64>,
    undecodable: Cell<usize>,
}

impl Progress {
    pub fn line(&self) -> u64 {
        self.lines.get() + 1
    }

    pub fn undecodable(&self) -> usize {
        self.undecodable.get()
    }

    pub fn begin_event(&self) {
        self.pending.set(0);
    }

    pub fn is_too_long(&self) -> bool {
        self.pending.get() > MAX_EVENT
    }
}

/// Decodes a source that is in one encoding throughout.
pub struct Decoded<'p, R> {
    source: R,
    found: &'p Found,
    progress: &'p Progress,
    /// Bytes taken from the source at a time.
    piece: u64,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// Bytes of `text` that were consumed.
    at: usize,
    skip: usize,
    is_last: bool,
}

impl<'p, R: Read> Decoded<'p, R> {
    pub fn new(source: R, found: &'p Found, progress: &'p Progress, piece: u64) -> Self {
        Decoded {
            source,
            found,
            progress,
            piece,
            raw: Vec::new(),
            text: Vec::new(),
            at: 0,
            skip: found.bom,
            is_last: false,
        }
    }

    fn next_piece(&mut self) -> std::io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.is_last {
            let read = (&mut self.source).take(self.piece).read_to_end(&mut self.raw)?;
            self.is_last = (read as u64) < self.piece;
            let end = if self.is_last { self.raw.len() } else { self.found.border(&self.raw) };
            let decoded = self.found.decode(&self.raw[self.skip.min(end)..end]);
            self.progress.undecodable.set(self.progress.undecodable.get() + decoded.undecodable);
            self.text.extend_from_slice(decoded.text.as_bytes());
            self.raw.drain(..end);
            self.skip = 0;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<'_, R> {
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

impl<R: Read> BufRead for Decoded<'_, R> {
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
        let passed = &self.text[self.at..self.at + length];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.progress.lines.set(self.progress.lines.get() + lines);
        self.progress.pending.set(self.progress.pending.get() + length as u64);
        self.at += length;
    }
}
