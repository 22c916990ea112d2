//! The dialogs above the panes: opening, finding and closing them.

use std::any::Any;

use crate::console::app::state::App;
use crate::console::kit::confirmation::Confirmation;
use crate::console::kit::dialog::{Dialog, Then};

impl App {
    /// Opens a dialog over what is there.
    pub fn open(&mut self, dialog: impl Dialog<Self>) {
        self.layers.push(Box::new(dialog));
    }

    /// The topmost dialog.
    pub fn top(&self) -> Option<&dyn Dialog<Self>> {
        self.layers.last().map(|layer| &**layer)
    }

    /// The topmost dialog, if it is of this kind.
    pub fn on_top<D: Dialog<Self>>(&self) -> Option<&D> {
        let top: &dyn Any = self.top()?;
        top.downcast_ref()
    }

    /// The topmost open dialog of this kind.
    pub fn find<D: Dialog<Self>>(&self) -> Option<&D> {
        self.layers.iter().rev().find_map(|layer| (&**layer as &dyn Any).downcast_ref())
    }

    /// The open dialogs of this kind, the topmost first.
    pub fn each<D: Dialog<Self>>(&mut self) -> impl Iterator<Item = &mut D> {
        self.layers.iter_mut().rev().filter_map(|layer| (&mut **layer as &mut dyn Any).downcast_mut())
    }

    /// Closes the open dialogs of this kind for which `which` is true, wherever they are.
    pub fn close<D: Dialog<Self>>(&mut self, which: impl Fn(&D) -> bool) {
        self.layers.retain(|layer| !(&**layer as &dyn Any).downcast_ref().is_some_and(&which));
    }

    /// Lets the topmost dialog do something with the state.
    pub fn with_top(&mut self, act: impl FnOnce(&mut dyn Dialog<Self>, &mut Self) -> Then) {
        let Some(mut dialog) = self.layers.pop() else { return };
        let at = self.layers.len();
        if act(&mut *dialog, self) == Then::Stay {
            // What it opened lies over it.
            self.layers.insert(at.min(self.layers.len()), dialog);
        }
    }

    /// Closes the topmost dialog, and keeps what was typed into it.
    pub fn put_away(&mut self) {
        if let Some(mut dialog) = self.layers.pop() {
            dialog.put_away(self);
        }
    }

    /// Closes everything above the panes, and keeps what was typed into forms.
    pub fn put_all_away(&mut self) {
        while !self.layers.is_empty() {
            self.put_away();
        }
    }

    /// Pastes text into the topmost dialog.
    pub fn paste(&mut self, text: &str) {
        self.with_top(|top, app| {
            top.paste(app, text);
            Then::Stay
        });
    }

    /// The screen has another size: the topmost question has to be drawn again before it can be answered.
    pub fn uncover(&mut self) {
        let confirmation = self.layers.last_mut().and_then(|layer| layer.confirmation());
        confirmation.into_iter().for_each(Confirmation::covered);
    }

    /// A dialog under another one is not on the screen: its question has to be drawn again before it can be answered.
    pub fn cover(&mut self) {
        let below = self.layers.len().saturating_sub(1);
        for confirmation in self.layers[..below].iter_mut().filter_map(|layer| layer.confirmation()) {
            confirmation.covered();
        }
    }
}
