//! The project itself: what README shows is what the program is, and the files stay small enough to read.

mod readme;
mod tidy;
