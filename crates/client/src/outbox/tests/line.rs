//! The line breaks at every byte.

use super::*;

/// Each conversation is cut off after so many bytes of requests, or of answers, one byte later every time; then the
/// line is mended. Whatever the node has read or the device has heard by then, the submission is recorded once, in its
/// place, and its receipt is kept.
#[tokio::test]
async fn a_conversation_cut_at_any_byte_is_completed_by_the_next() {
    for answers in [false, true] {
        let world = World::new().await;
        let line = world.log.lock().unwrap().line.clone();
        let (mut cut_at, mut undecided) = (0, 0);
        loop {
            let id = cut_at + 1;
            world.enqueue_numbered(id);
            let limit = Some(cut_at as usize);
            *line.lock().unwrap() = match answers {
                true => node::Line { answers_break_at: limit, ..Default::default() },
                false => node::Line { requests_break_at: limit, ..Default::default() },
            };
            let before = world.log.lock().unwrap().taken.len();
            let first = world.send().await;
            let is_cut = line.lock().unwrap().is_broken;
            if is_cut {
                assert_eq!(counts(&first), (0, 0, 1, 1), "cut at byte {cut_at}");
                undecided += world.log.lock().unwrap().taken.len() - before;
                *line.lock().unwrap() = node::Line::default();
                assert_eq!(counts(&world.send().await), (1, 0, 0, 0), "mended after byte {cut_at}");
            }
            let (taken, last) = {
                let log = world.log.lock().unwrap();
                (log.taken.len(), log.taken.last().map(number))
            };
            assert_eq!((taken, last), (id as usize, Some(id)), "cut at byte {cut_at}");
            assert!(world.home.verify_receipt(numbered(id), ORIGIN).unwrap().is_some(), "cut at byte {cut_at}");
            if !is_cut {
                break;
            }
            cut_at += 1;
        }
        assert!(cut_at > 400, "{cut_at}");
        // A request that broke off was never taken; of the answers, some came after the log had taken the submission.
        assert_eq!(undecided > 200, answers, "{undecided} of {cut_at}");
        assert!(world.home.outbox().unwrap().is_empty());
    }
}

impl World {
    fn enqueue_numbered(&self, id: u32) {
        let key = self.home.key("phone").unwrap();
        self.home.compose(&key, numbered(id), 1_650_000_000, report(1)).unwrap();
    }
}

fn numbered(number: u32) -> SubmissionId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    SubmissionId(id)
}

fn number(signed: &v1::SignedSubmission) -> u32 {
    let id = convert::submission(&signed.submission).unwrap().id.0;
    u32::from_be_bytes([id[0], id[1], id[2], id[3]])
}
