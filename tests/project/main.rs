//! The project itself: README matches the program, and the files stay small enough to read.

mod layers;
mod readme;
mod tidy;
