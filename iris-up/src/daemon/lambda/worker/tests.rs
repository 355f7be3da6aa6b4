use super::*;
use crate::daemon::event::Event;
use crate::daemon::lambda::invocation::{Invocation, Raised, Reply};
use bytes::Bytes;

/// A process that has events, for each of which it has so long.
async fn with_events(times: &[Duration]) -> (Worker, Vec<String>) {
    let worker = Worker::new(Arc::default(), times.len(), Duration::from_secs(60));
    let mut ids = Vec::new();
    for time in times {
        let event = Event::new(Bytes::new()).unwrap();
        let (invocation, outcome) = Invocation::new(event);
        worker.queue.push(invocation).unwrap();
        let (event, _) = worker.next(*time).await.unwrap();
        ids.push(event.id);
        // Nobody waits for it.
        drop(outcome);
    }
    (worker, ids)
}

fn answered(worker: &Worker, id: &str) -> Result<(), Refused> {
    worker.claim(id)?.answer(Ok(Reply::Whole(Bytes::new())))
}

fn refused(worker: &Worker, id: &str) -> Option<Refused> {
    worker.claim(id).err()
}

#[tokio::test]
async fn an_answer_behind_its_deadline_is_of_no_event() {
    let (worker, ids) = with_events(&[Duration::ZERO, Duration::from_secs(60)]).await;
    assert!(!worker.time_out(&ids[0]), "it has another");
    assert_eq!(answered(&worker, &ids[0]), Err(Refused::UnknownId));
    assert_eq!(answered(&worker, &ids[1]), Ok(()));
    // It gets no more, and is to be ended.
    let over = worker.due();
    assert!(matches!(over, Due::Over(_)), "{over:?}");
}

#[tokio::test]
async fn an_event_has_one_answer() {
    let minute = Duration::from_secs(60);
    let (worker, ids) = with_events(&[minute, minute]).await;
    assert_eq!(answered(&worker, &ids[0]), Ok(()));
    assert_eq!(answered(&worker, &ids[0]), Err(Refused::Answered));
    let begun = Ok(Reply::Whole(Bytes::new()));
    let claim = worker.claim(&ids[1]).unwrap();
    claim.begin_to_answer(begun).unwrap();
    assert_eq!(refused(&worker, &ids[1]), Some(Refused::Answered));
    claim.end_of_answer();
    assert_eq!(refused(&worker, &ids[1]), Some(Refused::Answered));
    assert_eq!(refused(&worker, &ids[0]), Some(Refused::UnknownId));
}

#[tokio::test]
async fn one_answer_is_read_at_a_time() {
    let (worker, ids) = with_events(&[Duration::from_secs(60)]).await;
    let first = worker.claim(&ids[0]).unwrap();
    assert_eq!(refused(&worker, &ids[0]), Some(Refused::Answered));
    // It broke off.
    drop(first);
    assert_eq!(answered(&worker, &ids[0]), Ok(()));
}

#[tokio::test]
async fn an_answer_whose_rest_is_given_up_has_ended() {
    let (worker, ids) = with_events(&[Duration::from_secs(60)]).await;
    let claim = worker.claim(&ids[0]).unwrap();
    claim
        .begin_to_answer(Ok(Reply::Whole(Bytes::new())))
        .unwrap();
    drop(claim);
    assert!(!worker.is_busy());
    assert_eq!(refused(&worker, &ids[0]), Some(Refused::Answered));
}

/// What was due when somebody went to sleep may not be due any more when he wakes.
#[tokio::test]
async fn what_was_due_is_not_once_it_has_come() {
    let (worker, ids) = with_events(&[Duration::from_secs(3)]).await;
    assert_eq!(answered(&worker, &ids[0]), Ok(()));
    worker.note_late();
    let ask = worker.due();
    assert!(matches!(ask, Due::Ask(_)));
    let (invocation, _outcome) = Invocation::new(Event::new(Bytes::new()).unwrap());
    worker.queue.push(invocation).unwrap();
    let (event, _) = worker.next(Duration::from_secs(30)).await.unwrap();
    assert_ne!(worker.due(), ask);
    assert_eq!(answered(&worker, &event.id), Ok(()));
    assert_ne!(worker.due(), ask);
}

#[tokio::test]
async fn what_is_due_later_is_not_told() {
    let (worker, ids) = with_events(&[Duration::from_secs(30)]).await;
    let mut changed = worker.changed();
    let mut is_told = move || {
        changed.has_changed().unwrap() && {
            changed.borrow_and_update();
            true
        }
    };
    assert!(matches!(worker.due(), Due::Answer(..)));
    // Sooner than that it has to have come back.
    assert_eq!(answered(&worker, &ids[0]), Ok(()));
    assert!(is_told());
    assert!(matches!(worker.due(), Due::Return(_)));
    for _ in 0..3 {
        let (invocation, _outcome) = Invocation::new(Event::new(Bytes::new()).unwrap());
        worker.queue.push(invocation).unwrap();
        let (event, _) = worker.next(Duration::from_secs(30)).await.unwrap();
        assert_eq!(answered(&worker, &event.id), Ok(()));
    }
    assert!(!is_told());
    // Events that nobody has time for.
    worker.queue.set_room(true);
    for _ in 0..2 {
        let (invocation, outcome) = Invocation::new(Event::new(Bytes::new()).unwrap());
        worker.queue.push(invocation).unwrap();
        drop(outcome);
    }
    let (event, _) = worker.next(Duration::from_secs(30)).await.unwrap();
    assert!(is_told());
    worker.queue.set_room(false);
    worker.due();
    answered(&worker, &event.id).unwrap();
    assert!(is_told());
    worker.due();
    worker.next(Duration::from_secs(30)).await.unwrap();
    assert!(!is_told(), "there can be no more processes");
    worker.attend();
    assert!(is_told());
    worker.due();
    worker.fail("its extension ended".to_owned());
    assert!(is_told());
}

#[tokio::test]
async fn one_that_has_failed_gets_no_more() {
    let worker = Worker::new(Arc::default(), 1, Duration::from_secs(60));
    let asking = worker.ask().unwrap().unwrap();
    worker.fail("its extension ended".to_owned());
    let (invocation, _outcome) = Invocation::new(Event::new(Bytes::new()).unwrap());
    assert!(worker.take(asking, invocation, Duration::ZERO).is_none());
    assert_eq!(worker.queue.len(), 1, "another has it");
}

/// Between its time's end and its own end it may ask: what it got would be lost with it.
#[tokio::test]
async fn one_that_starts_too_late_gets_nothing_and_the_next_in_its_place_does() {
    let worker = Worker::new(Arc::default(), 1, Duration::from_secs(60));
    let (invocation, _outcome) = Invocation::new(Event::new(Bytes::new()).unwrap());
    worker.queue.push(invocation).unwrap();
    let minute = Duration::from_secs(60);
    assert!(worker.is_late());
    let mut asking = Box::pin(worker.next(minute));
    assert!(futures_util::poll!(&mut asking).is_pending());
    assert_eq!((worker.queue.len(), worker.due()), (1, Due::Start));
    assert_eq!(worker.may_fail_to_start(), Err(Refused::Started));
    let why = Raised::new("NoDatabase", "it says why, too late".to_owned());
    assert_eq!(worker.fail_to_start(why), Err(Refused::Started));
    // The connection ends with its process.
    drop(asking);
    worker.begin_again();
    assert!(worker.is_starting());
    worker.next(minute).await.unwrap();
    assert!(!worker.is_late(), "it has asked in time");
    assert_eq!(worker.queue.len(), 0);
}

/// It counts for as many as wait for it until it is gone: no other is started meanwhile, which would fare no better.
#[tokio::test]
async fn what_it_says_of_its_start_goes_before_how_it_ends() {
    let worker = Worker::new(Arc::default(), 2, Duration::from_secs(60));
    let said = Raised::of(Bytes::from_static(br#"{"errorMessage":"no disk"}"#), None);
    worker.fail_to_start(said).unwrap();
    assert_eq!(worker.free(), 2);
    let why = worker.end("exit code 1").unwrap();
    assert!(why.contains("no disk"), "{why}");
    assert_eq!(worker.free(), 2);
    // Whoever looks after it says so once more.
    assert_eq!(worker.end("exit code 1"), Some(why));
}

#[tokio::test]
async fn one_that_ends_once_it_has_started_is_no_failed_start() {
    let (worker, _) = with_events(&[Duration::from_secs(60)]).await;
    assert_eq!(worker.end("exit code 1"), None);
    assert_eq!(worker.free(), 0);
}
