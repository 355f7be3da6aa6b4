//! The chat: a stream of what a guest says, and one of what everybody says.

use crate::messages::picnic::v1::{Heard, Line, Recent, Remark, heard};
use crate::picnic::guests::Session;
use crate::visit::{SignedIn, Visit, signed_in};
use futures_util::{StreamExt, stream};
use iris_core::{IrisError, Stream, Streaming, remote};
use tokio::sync::broadcast::Receiver;

/// Where guests talk.
#[derive(Debug)]
pub struct Chat;

/// What the guests say to each other.
#[remote(package = "picnic.v1", filters = [signed_in])]
impl Chat {
    /// Hears what is said, and says what the caller sends. It ends with the caller's stream, and with the session.
    #[procedure]
    async fn talk<'a>(
        &'a self,
        visit: &'a Visit,
        SignedIn(session): &SignedIn,
        remarks: Streaming<Remark>,
    ) -> Result<impl Stream<Item = Result<Heard, IrisError>> + 'a, IrisError> {
        let (recent, lines) = visit.picnic.room.enter();
        let first = heard::Heard::Recent(Recent { lines: recent });
        let talk = Talk {
            visit,
            session: session.clone(),
            remarks,
            lines,
        };
        let rest = stream::unfold(talk, async |mut talk| Some((talk.next().await?, talk)));
        Ok(stream::iter([Ok(first)]).chain(rest).map(|heard| {
            Ok(Heard {
                heard: Some(heard?),
            })
        }))
    }
}

/// A guest in the room.
struct Talk<'a> {
    visit: &'a Visit,
    session: Session,
    remarks: Streaming<Remark>,
    lines: Receiver<Line>,
}

impl Talk<'_> {
    /// What the guest hears next; until then what the guest says is said to all. `None` is the end.
    async fn next(&mut self) -> Option<Result<heard::Heard, IrisError>> {
        loop {
            tokio::select! {
                remark = self.remarks.next() => {
                    if let Err(error) = remark?.and_then(|remark| self.say(remark)) {
                        return Some(Err(error));
                    }
                }
                // There is none for a guest who does not keep up: who comes again hears what was said of late.
                line = self.lines.recv() => return Some(Ok(heard::Heard::Line(line.ok()?))),
                () = self.session.ended() => return None,
                () = self.visit.request.stopping() => return None,
            }
        }
    }

    fn say(&self, remark: Remark) -> Result<(), IrisError> {
        let room = &self.visit.picnic.room;
        Ok(room.say(&self.session.guest, remark)?)
    }
}
