//! Calls that may never come back, on a thread of their own.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Something that is called on a thread of its own, and waited for so long and no longer. One that hangs keeps its
/// thread; what is asked meanwhile is refused at once, and asked again when it has come back.
pub(crate) struct Patient<T> {
    calls: Mutex<Sender<Call<T>>>,
    /// Whether a call has not come back.
    away: Arc<AtomicBool>,
}

type Call<T> = Box<dyn FnOnce(&mut T) + Send>;

/// It has not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence;

/// Why there is nothing to call.
#[derive(Debug)]
pub(crate) enum Unmade<E> {
    /// The system gives no thread.
    Thread(io::Error),
    /// It was not made in time.
    Silent,
    /// It was not made.
    Failed(E),
}

impl<T: 'static> Patient<T> {
    /// Makes what is to be called, on its thread, and something to say of it.
    pub(crate) fn make<R: Send + 'static, E: Send + 'static>(
        name: &str,
        within: Duration,
        make: impl FnOnce() -> Result<(T, R), E> + Send + 'static,
    ) -> Result<(Self, R), Unmade<E>> {
        let (calls, called) = channel();
        let (said, says) = sync_channel(1);
        let run = move || match make() {
            Ok((made, said_of_it)) => {
                // Nobody listens any more when that took too long, and then nobody calls.
                let _ = said.send(Ok(said_of_it));
                attend(made, &called);
            }
            Err(error) => _ = said.send(Err(error)),
        };
        thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Unmade::Thread)?;
        match says.recv_timeout(within) {
            Ok(Ok(said)) => Ok((Self { calls: Mutex::new(calls), away: Arc::default() }, said)),
            Ok(Err(error)) => Err(Unmade::Failed(error)),
            Err(_) => Err(Unmade::Silent),
        }
    }

    /// Calls it. Callers take turns, each waiting `within` at most.
    pub(crate) fn ask<R: Send + 'static>(
        &self,
        within: Duration,
        call: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, Silence> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if self.away.swap(true, Ordering::AcqRel) {
            return Err(Silence);
        }
        let (answer, answered) = sync_channel(1);
        let away = Arc::clone(&self.away);
        let called: Call<T> = Box::new(move |made| {
            let answered = call(made);
            away.store(false, Ordering::Release);
            // What comes too late is of no use.
            let _ = answer.send(answered);
        });
        calls.send(called).map_err(|_| Silence)?;
        answered.recv_timeout(within).map_err(|_| Silence)
    }
}

/// Takes one call after the other, until there is nobody to call.
fn attend<T>(mut made: T, called: &Receiver<Call<T>>) {
    while let Ok(call) = called.recv() {
        call(&mut made);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);

    fn counter() -> Patient<u32> {
        Patient::make("counter", LONG, || Ok::<_, ()>((0_u32, ()))).unwrap().0
    }

    fn next(count: &mut u32) -> u32 {
        *count += 1;
        *count
    }

    #[test]
    fn what_hangs_is_not_waited_for_and_is_asked_again_when_it_has_come_back() {
        let counter = counter();
        assert_eq!(counter.ask(LONG, next), Ok(1));
        let (release, released) = channel();
        let hangs = move |_: &mut u32| released.recv().unwrap_or(());
        assert_eq!(counter.ask(SHORT, hangs), Err(Silence));
        // Refused at once: a limit of a minute is not waited for.
        let asked = std::time::Instant::now();
        assert_eq!(counter.ask(LONG, next), Err(Silence));
        assert!(asked.elapsed() < LONG);
        release.send(()).unwrap();
        let again = std::iter::repeat_with(|| counter.ask(LONG, next)).find(Result::is_ok);
        assert_eq!(again, Some(Ok(2)));
    }

    #[test]
    fn what_is_not_made_in_time_or_at_all_is_said() {
        let (_release, released) = channel::<()>();
        let hangs = move || released.recv().map(|()| (0, ())).map_err(drop);
        assert!(matches!(Patient::<u32>::make("hangs", SHORT, hangs), Err(Unmade::Silent)));
        let fails = || Err::<(u32, ()), _>("no token");
        assert!(matches!(Patient::make("fails", LONG, fails), Err(Unmade::Failed("no token"))));
    }

    #[test]
    fn what_panics_is_away_for_good() {
        let counter = counter();
        assert_eq!(counter.ask(LONG, |_: &mut u32| -> u32 { panic!("a broken library") }), Err(Silence));
        assert_eq!(counter.ask(LONG, next), Err(Silence));
    }
}
