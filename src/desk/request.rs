//! Requests: how a repeated one is recognised, and how an answer that was lost on its way is found out.

use std::time::Duration;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::store::StoreError;

/// How long a command waits for a database that is gone, to learn what became of a write.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a write may take: it waits up to ten seconds for others who write the same.
const ANSWER: Duration = Duration::from_secs(25);
/// How many more times, and how far apart, to ask for a write that the database does not show yet.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The digest that a repeated request has to match: SHA-256 of its body and its person as JSON, which is the same in
/// every version of this program.
pub fn digest(body: &impl Serialize, person: &str) -> Vec<u8> {
    // Plain data always has JSON. What had none would be like no other request.
    let bytes = serde_json::to_vec(&(body, person)).unwrap_or_else(|_| Uuid::new_v4().into_bytes().to_vec());
    Sha256::digest(bytes).to_vec()
}

/// Finds out what became of a write whose answer was lost: looks for it until the database answers. It never writes.
/// `None` if nothing was recorded.
///
/// # Errors
///
/// [`StoreError`] if the database answers, but not this question.
pub async fn found_out<A, F: Future<Output = Result<Option<A>, StoreError>>>(
    recorded: impl Fn() -> F,
) -> Result<Option<A>, StoreError> {
    // The commit may still be running in a session that has not noticed yet that its client is gone.
    let mut looks = 0;
    loop {
        match recorded().await {
            Ok(Some(answer)) => return Ok(Some(answer)),
            Ok(None) if looks == LOOKS => return Ok(None),
            Ok(None) => looks += 1,
            Err(error) if error.is_lost() => looks = 0,
            Err(error) => return Err(error),
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

/// The answer to a write, found out if it was lost or does not come. `None` if the connection was lost and nothing was
/// recorded.
///
/// # Errors
///
/// The error of the write; [`StoreError::Unknown`] if the database does not come back in time.
pub async fn settled<A, F: Future<Output = Result<Option<A>, StoreError>>>(
    writing: impl Future<Output = Result<A, StoreError>>,
    recorded: impl Fn() -> F,
) -> Result<Option<A>, StoreError> {
    let silent = || StoreError::Unknown(sqlx::Error::Protocol("the database does not answer".to_owned()));
    match timeout(ANSWER, writing).await.unwrap_or_else(|_| Err(silent())) {
        Ok(answer) => Ok(Some(answer)),
        Err(StoreError::Unknown(lost)) => {
            timeout(PATIENCE, found_out(recorded)).await.unwrap_or(Err(StoreError::Unknown(lost)))
        }
        Err(error) => Err(error),
    }
}

/// The answer that was found out; otherwise the error that says that nothing is recorded.
///
/// # Errors
///
/// [`StoreError::NotRecorded`] if there is none.
pub fn or_nothing<A>(found: Option<A>) -> Result<A, StoreError> {
    found.ok_or(StoreError::NotRecorded)
}

#[cfg(test)]
mod tests {
    use super::digest;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_digest_is_that_of_the_json() {
        let check = |body: &dyn Fn() -> Vec<u8>, expect: &str| assert_eq!(hex(&body()), expect);
        check(&|| digest(&("take", 1), "ada"), "2617571c148868813632d79439b7b294a05652119034610447d2ccb1614823dd");
        check(&|| digest(&("take", 1), "obi"), "cbb967c54a131ca39b846c23a74f366ecdbb336075143beb7742d0ea52ccc56f");
    }
}
