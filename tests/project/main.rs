//! The project itself: README matches the program, and the files stay small enough to read.

mod readme;
mod tidy;
