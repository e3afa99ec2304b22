use iam_core::audit::Event;

use super::Stage;

impl Stage {
    /// All audit events since the last call.
    pub async fn events(&self) -> Vec<Event> {
        self.iam.flush_audit().await;
        let events = self.recorder.events();
        self.recorder.clear();
        events
    }

    /// The one event since the last call: its outcome and reason.
    #[track_caller]
    pub fn event(&self) -> impl Future<Output = (&'static str, Option<&'static str>)> {
        let caller = std::panic::Location::caller();
        async move {
            let events = self.events().await;
            assert_eq!(events.len(), 1, "at {caller}: one event a decision, not {events:#?}");
            (events[0].outcome.name(), events[0].reason)
        }
    }
}
