//! A running `lika desk`, and a client of its pages that is not a browser.

use super::lika;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

/// What parts a form's answers.
const BOUNDARY: &str = "lika-boundary";

/// A running desk; killed when dropped.
pub(crate) struct Pages {
    process: Child,
    /// The address that opens it.
    pub(crate) url: String,
    host: String,
    cookie: String,
    token: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Pages {
    /// Starts the desk of a folder, and opens it.
    pub(crate) fn start(home: &Path, node: &str) -> Self {
        let mut command = lika();
        command.env("LIKA_HOME", home).env("LIKA_URL", node).args(["desk", "--no-open", "--json"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let opened = loop {
            assert!(out.read_line(&mut said).unwrap() > 0, "the desk did not start: {said}");
            if let Ok(opened) = serde_json::from_str::<Value>(&said) {
                break opened;
            }
        };
        let url = opened["url"].as_str().unwrap().to_owned();
        let host = url.split('/').nth(2).unwrap().to_owned();
        let mut pages = Self { process, url, host, cookie: String::new(), token: String::new() };
        let entered = pages.get(&format!("/{}", pages.url.splitn(4, '/').nth(3).unwrap()));
        let cookie = entered.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        pages.cookie = cookie.split(';').next().unwrap().to_owned();
        // A key that is locked is asked for first.
        let first = pages.get("/");
        let first = if first.status == 303 { pages.get(first.leads()) } else { first };
        pages.token = value_of(&first.body, "token").unwrap();
        pages
    }

    /// The address of a page, for a browser that has been let in.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n", self.host, self.cookie), "")
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, answers: &[(String, String)]) -> Answer {
        let token = ("token".to_owned(), self.token.clone());
        self.post_without_token(path, &[&[token], answers].concat())
    }

    /// Sends a form with a file, as the answer `file`.
    pub(crate) fn upload(&self, path: &str, answers: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        self.upload_as("file", path, answers, file)
    }

    /// Sends a form with a file, as the answer of that name.
    pub(crate) fn upload_as(
        &self,
        answer: &str,
        path: &str,
        answers: &[(&str, &str)],
        (name, file): (&str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (name, answer) in [&[("token", self.token.as_str())], answers].concat() {
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{answer}\r\n");
            body.extend(part.bytes());
        }
        let head = format!("content-disposition: form-data; name=\"{answer}\"; filename=\"{name}\"");
        body.extend(format!("--{BOUNDARY}\r\n{head}\r\ncontent-type: application/octet-stream\r\n\r\n").bytes());
        body.extend(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        self.send(path, &body)
    }

    /// The same without the token of the pages.
    pub(crate) fn post_without_token(&self, path: &str, answers: &[(String, String)]) -> Answer {
        let mut body = String::new();
        for (name, answer) in answers {
            body += &format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{answer}\r\n");
        }
        body += &format!("--{BOUNDARY}--\r\n");
        self.send(path, body.as_bytes())
    }

    fn send(&self, path: &str, body: &[u8]) -> Answer {
        let media =
            format!("content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: {}", body.len());
        let head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n{media}\r\n", self.host, self.cookie);
        self.ask(&head, body)
    }

    /// Sends a request as it stands; `head` ends its last line.
    pub(crate) fn ask(&self, head: &str, body: impl AsRef<[u8]>) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).unwrap();
        stream.write_all(body.as_ref()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        // What is not text, such as a workbook, is only looked at.
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.replace("\r\n", "\n"), body: body.to_owned() }
    }

    /// Kills it, as a crash would.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Answer {
    /// Where it leads.
    pub(crate) fn leads(&self) -> &str {
        let to = self.head.lines().find_map(|line| line.strip_prefix("location: "));
        to.unwrap_or_else(|| panic!("it leads nowhere: {}\n{}", self.head, self.body))
    }
}

/// The value of a form's input of that name.
fn value_of(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}
