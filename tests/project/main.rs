//! The project itself: its pages match the program, its rooms keep their order, its files stay small enough to read, and its
//! English is plain.

mod docs;
mod layers;
mod tidy;
mod words;
