//! Reads a posted form, within limits of size and time. Every form of the desk is sent as multipart, so that any may
//! carry attachments.

use crate::attached::plain_name;
use crate::desk::Desk;
use crate::page::PageError;
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use lika_client::Home;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Duration;
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// Most answers of a form.
const ANSWERS_MAX: usize = 20_000;
/// Most bytes of all answers together.
const ANSWERS_BYTES_MAX: usize = 1024 * 1024;
/// Largest attachment, in bytes: a film of a meeting on a telephone.
pub(crate) const ATTACHMENT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most bytes of a whole form.
pub(crate) const BODY_BYTES_MAX: usize = 2 * ATTACHMENT_BYTES_MAX;
/// Longest wait for more of a form, in seconds.
const PIECE_TIMEOUT_S: u64 = 10;

/// A form as it was sent.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    /// Names and answers, in the order of the form.
    pub(crate) answers: Vec<(String, String)>,
}

impl Posted {
    /// The first answer of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.answers.iter().find(|(known, _)| known == name).map(|(_, answer)| answer.as_str())
    }
}

impl Desk {
    /// Reads a form of the desk that carries no files.
    ///
    /// # Errors
    /// If it does not carry the token of this start, is too large, too slow, or broken off.
    pub(crate) async fn posted(&self, form: Multipart) -> Result<Posted, PageError> {
        self.read(form, None).await
    }

    /// As [`Self::posted_with_files`], with files of at most `bytes_max`.
    ///
    /// # Errors
    /// As [`Self::posted_with_files`].
    pub(crate) async fn posted_with_files_up_to(
        &self,
        form: Multipart,
        folder: &str,
        bytes_max: usize,
    ) -> Result<Posted, PageError> {
        self.read(form, Some((folder, bytes_max))).await
    }

    /// Reads a form of the desk that may carry files. They are stored in `folder` of the client's folder, each in a
    /// folder of its hash; the answer is its path from the client's folder on.
    ///
    /// # Errors
    /// As [`Self::posted`]; if a file cannot be stored, or comes before the token.
    pub(crate) async fn posted_with_files(&self, form: Multipart, folder: &str) -> Result<Posted, PageError> {
        self.read(form, Some((folder, ATTACHMENT_BYTES_MAX))).await
    }

    async fn read(&self, form: Multipart, files: Option<(&str, usize)>) -> Result<Posted, PageError> {
        let known = |posted: &Posted| self.gate.check_token(posted.get("token")).map_err(PageError::Closed);
        let files = files.map(|(folder, bytes_max)| Files { home: &self.home, folder, bytes_max });
        let posted = read(form, files, known).await?;
        known(&posted)?;
        Ok(posted)
    }
}

/// Where the files of a form go, and how large each may be.
#[derive(Clone, Copy)]
struct Files<'h> {
    home: &'h Home,
    folder: &'h str,
    bytes_max: usize,
}

/// Reads a form. A file is taken only where there is a folder for it, and after `known` let pass what came before it.
async fn read(
    mut form: Multipart,
    files: Option<Files<'_>>,
    known: impl Fn(&Posted) -> Result<(), PageError>,
) -> Result<Posted, PageError> {
    let (mut posted, mut bytes) = (Posted::default(), 0);
    while let Some(field) = next(form.next_field()).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let answer = match (field.file_name().map(str::to_owned), files) {
            // No file was chosen: the browser sends an empty one.
            (Some(file), _) if file.is_empty() => continue,
            (Some(_), None) => return Err(PageError::TooLarge),
            (Some(file), Some(files)) => {
                known(&posted)?;
                attachment(field, &file, files).await?
            }
            (None, _) => text(field, ANSWERS_BYTES_MAX - bytes).await?,
        };
        bytes += name.len() + answer.len();
        if bytes > ANSWERS_BYTES_MAX || posted.answers.len() == ANSWERS_MAX {
            return Err(PageError::TooLarge);
        }
        posted.answers.push((name, answer));
    }
    Ok(posted)
}

async fn next<T>(
    piece: impl Future<Output = Result<Option<T>, axum::extract::multipart::MultipartError>>,
) -> Result<Option<T>, PageError> {
    match timeout(Duration::from_secs(PIECE_TIMEOUT_S), piece).await {
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(error)) if error.status().as_u16() == 413 => Err(PageError::TooLarge),
        _ => Err(PageError::BrokenOff),
    }
}

async fn text(mut field: Field<'_>, bytes_max: usize) -> Result<String, PageError> {
    let mut bytes = Vec::new();
    while let Some(piece) = next(field.chunk()).await? {
        if bytes.len() + piece.len() > bytes_max {
            return Err(PageError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    // Browsers send the line breaks of a text as carriage return and line feed.
    let text = String::from_utf8(bytes).map_err(|_| PageError::BrokenOff)?;
    Ok(text.replace("\r\n", "\n"))
}

/// Stores an attachment whole and synced before its name stands in a draft.
async fn attachment(mut field: Field<'_>, name: &str, files: Files<'_>) -> Result<String, PageError> {
    let Files { home, folder, bytes_max } = files;
    home.make_folder(folder)?;
    let to = home.dir().join(folder);
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| PageError::BrokenOff)?;
    let partial = to.join(format!("{}.part", hex::encode(random)));
    let stored = store(&mut field, &partial, bytes_max).await;
    let hash = match stored {
        Ok(hash) => hash,
        Err(error) => {
            // What has come of it is of no use. If it cannot be removed, it is only in the way.
            let _ = fs::remove_file(&partial).await;
            return Err(error);
        }
    };
    let (of_hash, name) = (format!("{folder}/{hash}"), plain_name(name));
    home.make_folder(&of_hash)?;
    fs::rename(&partial, home.dir().join(&of_hash).join(&name)).await?;
    Ok(format!("{of_hash}/{name}"))
}

async fn store(field: &mut Field<'_>, path: &Path, bytes_max: usize) -> Result<String, PageError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = next(field.chunk()).await? {
        bytes += piece.len();
        if bytes > bytes_max {
            // Read to its end, up to the limit of the whole form: a browser shows no answer before it has sent all.
            continue;
        }
        digest.update(&piece);
        file.write_all(&piece).await?;
    }
    if bytes > bytes_max {
        return Err(PageError::TooLarge);
    }
    file.sync_all().await?;
    Ok(hex::encode(digest.finalize()))
}
