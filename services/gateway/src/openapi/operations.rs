//! Every operation of the API, in the order of the routes.

use crate::limits::{SUBMISSION_BYTES_MAX, SUBMISSION_JSON_BYTES_MAX};
use crate::media::{BYTES, JSON, PROTOBUF};
use crate::metrics::CONTENT_TYPE as METRICS_TEXT;
use crate::paths;
use serde_json::{Value, json};

/// Texts of C2SP.
const PLAIN: &str = "text/plain";

/// An operation.
pub(super) struct Operation {
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    /// May be empty.
    pub(super) description: &'static str,
    /// Whether it needs a session's token.
    pub(super) session: bool,
    /// Whether its errors may be those of the rules; a client that sends protobuf gets them as protobuf.
    pub(super) submits: bool,
    pub(super) parameters: &'static [Parameter],
    /// Media types of the body; empty if it takes none.
    pub(super) request: &'static [Body],
    /// Status, description and body of each successful answer.
    pub(super) answers: &'static [(u16, &'static str, &'static [Body])],
    /// Statuses of its errors, besides those for a path or head that is too long.
    pub(super) errors: &'static [u16],
}

/// A body: its media type and its shape.
pub(super) type Body = (&'static str, Shape);

/// The shape of a body.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A schema of the document.
    Schema(&'static str),
    /// One of several schemas.
    OneOf(&'static [&'static str]),
    /// Any text.
    Text,
    /// Bytes, with their description.
    Bytes(&'static str),
    /// Any object.
    Object,
}

/// A parameter of the path or the query.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    /// `path` or `query`.
    pub(super) place: &'static str,
    pub(super) description: &'static str,
    pub(super) schema: fn() -> Value,
}

/// A refusal or a receipt for clients of protobuf.
pub(super) const ANSWER: Shape = Shape::Bytes("An encoded `lika.v1.Answer`: a receipt or a refusal.");
const SUBMISSIONS: Shape = Shape::Bytes("Length-delimited `lika.v1.SignedSubmission`, each of at most 131,072 bytes.");
const RECEIPT: &[Body] = &[(JSON, Shape::Schema("Receipt")), (PROTOBUF, ANSWER)];

const GET: Operation = Operation {
    path: "",
    method: "get",
    id: "",
    tag: "log",
    summary: "",
    description: "",
    session: false,
    submits: false,
    parameters: &[],
    request: &[],
    answers: &[],
    errors: &[],
};
const POST: Operation = Operation { method: "post", ..GET };

const PREFIX: Parameter = Parameter {
    name: "prefix",
    place: "path",
    description: "2, 4, 6, 9 or 12 digits of a division code.",
    schema: || {
        json!({"type": "string", "pattern": "^(1[1-9]|[2-9][0-9])((0[1-9]|[1-9][0-9])((0[1-9]|[1-9][0-9])\
            ((00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})((00[1-9]|0[1-9][0-9]|[1-9][0-9]{2}))?)?)?)?$"})
    },
};
const VILLAGE: Parameter = Parameter {
    name: "code",
    place: "path",
    description: "The 12 digits of its division code.",
    schema: || {
        json!({"type": "string", "pattern": "^(1[1-9]|[2-9][0-9])(0[1-9]|[1-9][0-9])(0[1-9]|[1-9][0-9])\
            (00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})$"})
    },
};
const FIGURE: Parameter = Parameter {
    name: "figure",
    place: "path",
    description: "Named by its place in the document of the area: `households.poor`, `gap.housing.missing`, \
                  `months.2016-05.visits`.",
    schema: || json!({"type": "string", "pattern": "^[a-z0-9_.-]{1,64}$"}),
};
const BY: Parameter = Parameter {
    name: "by",
    place: "query",
    description: "One document for each area of that level.",
    schema: || json!({"type": "string", "enum": ["county", "township", "village"]}),
};
const AT: Parameter = Parameter {
    name: "at",
    place: "query",
    description: "Figures as of this day, by the day on which things happened.",
    schema: || json!({"type": "string", "format": "date"}),
};
const RECORDED_BY: Parameter = Parameter {
    name: "recorded_by",
    place: "query",
    description: "Figures as recorded by the end of this day.",
    schema: || json!({"type": "string", "format": "date"}),
};
const INDEX: Parameter = Parameter {
    name: "index",
    place: "query",
    description: "At least this entry is counted; the answer waits for it up to two seconds.",
    schema: || json!({"type": "integer", "minimum": 0, "maximum": u64::MAX}),
};
const AREA: Parameter = Parameter {
    name: "area",
    place: "query",
    description: "2, 4, 6, 9 or 12 digits of a division code inside the area the log covers, which is the default.",
    schema: || json!({"type": "string", "pattern": "^[0-9]{2,12}$"}),
};
const POLICY_AT: Parameter =
    Parameter { description: "The day; by default the one on which the latest entry was recorded.", ..AT };
const HOUSEHOLD: Parameter = Parameter {
    name: "id",
    place: "path",
    description: "Household number.",
    schema: || json!({"type": "string", "pattern": "^[1-9][0-9]{9}$"}),
};
const OFFICIAL: Parameter = Parameter {
    description: "Official number.",
    schema: || json!({"type": "string", "pattern": "^[1-9][0-9]{7}$"}),
    ..HOUSEHOLD
};
const ENTRY: Parameter = Parameter { place: "path", description: "Index of the entry, from 0.", ..INDEX };
const FROM: Parameter = Parameter { description: "First entry wanted, from 0.", name: "from", ..INDEX };
const KNOWN: Parameter = Parameter {
    description: "Size of the checkpoint that the device holds; the answer proves that the log has only grown since.",
    name: "known",
    ..INDEX
};
const SINCE: Parameter =
    Parameter { description: "Only households with entries from this one on.", name: "since", ..INDEX };
const AFTER: Parameter =
    Parameter { name: "after", place: "query", description: "Household number to go on after.", ..HOUSEHOLD };
const LEVEL: Parameter = Parameter {
    name: "level",
    place: "path",
    description: "`entries` or 0 to 63.",
    schema: || json!({"type": "string", "pattern": "^(entries|[0-9]|[1-5][0-9]|6[0-3])$"}),
};
const TILE: Parameter = Parameter {
    name: "n",
    place: "path",
    description: "Number of the tile in three digits; a larger number is split into groups of three digits, each a \
                  step of the path, and all but the last begin with an x.",
    schema: || json!({"type": "string", "pattern": "^[0-9]{3}$"}),
};
const WIDTH: Parameter = Parameter {
    name: "width",
    place: "path",
    description: "Hashes or entries in it.",
    schema: || json!({"type": "integer", "minimum": 1, "maximum": 255}),
};

/// The errors of a public read.
const READ_ERRORS: &[u16] = &[400, 404, 500, 503];
/// The errors of a read that needs a session.
const PRIVATE_ERRORS: &[u16] = &[400, 401, 403, 404, 500, 503];

/// Every operation. OpenAPI cannot describe a parameter that spans several steps of a path, so tiles are listed in
/// their two common forms.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: paths::SUBMISSIONS,
        id: "submit",
        tag: "submissions",
        summary: "Records one signed submission and gives its receipt.",
        description: "The answer is in the format of the request unless `Accept` says otherwise. The same bytes sent \
                      again get the first receipt.",
        submits: true,
        request: &[
            (JSON, Shape::Schema("SignedSubmission")),
            (PROTOBUF, Shape::Bytes("An encoded `lika.v1.SignedSubmission` of at most 131,072 bytes.")),
        ],
        answers: &[(200, "It had been recorded before.", RECEIPT), (201, "It is in the log.", RECEIPT)],
        errors: &[400, 403, 406, 408, 409, 413, 415, 422, 503],
        ..POST
    },
    Operation {
        path: paths::STREAM,
        id: "submitStream",
        tag: "submissions",
        summary: "Records many signed submissions; their answers stream back in the same order.",
        description: "Each message follows its length, a varint. Bytes that cannot be read in this form end the \
                      stream with a last refusal.",
        request: &[(PROTOBUF, SUBMISSIONS), (BYTES, SUBMISSIONS)],
        answers: &[(200, "Length-delimited `lika.v1.Answer`.", &[(PROTOBUF, ANSWER)])],
        errors: &[406, 415],
        ..POST
    },
    Operation {
        path: paths::SESSIONS,
        id: "session",
        tag: "sessions",
        summary: "Opens a session with an enrolled key, in two steps.",
        description: "Send the key alone first: the answer is a challenge. Then send the key, the challenge and its \
                      signature.",
        request: &[(JSON, Shape::Schema("SessionRequest"))],
        answers: &[
            (200, "A challenge to be signed.", &[(JSON, Shape::Schema("Challenge"))]),
            (201, "A token.", &[(JSON, Shape::Schema("Token"))]),
        ],
        errors: &[400, 403, 408, 413, 415],
        ..POST
    },
    Operation {
        path: paths::LOG,
        id: "log",
        summary: "Facts about the log.",
        answers: &[(200, "The log.", &[(JSON, Shape::Schema("Log"))])],
        ..GET
    },
    Operation {
        path: paths::AREA_PROGRESS,
        id: "areaProgress",
        tag: "progress",
        summary: "Progress of an area, or of the areas of a level inside it.",
        parameters: &[PREFIX, BY, AT, RECORDED_BY, INDEX],
        answers: &[(200, "One document, or a list with `by`.", &[(JSON, Shape::OneOf(&["Progress", "Areas"]))])],
        errors: READ_ERRORS,
        ..GET
    },
    Operation {
        path: paths::AREA_FIGURE,
        id: "explainFigure",
        tag: "progress",
        summary: "The contributions that a figure of an area is the sum of, each with its entry.",
        parameters: &[PREFIX, FIGURE, AT, RECORDED_BY, INDEX],
        answers: &[(200, "The figure and its contributions.", &[(JSON, Shape::Schema("Explanation"))])],
        errors: READ_ERRORS,
        ..GET
    },
    Operation {
        path: paths::VILLAGE_PROGRESS,
        id: "villageProgress",
        tag: "progress",
        summary: "Progress of a village.",
        parameters: &[VILLAGE, AT, RECORDED_BY, INDEX],
        answers: &[(200, "The document.", &[(JSON, Shape::Schema("Progress"))])],
        errors: READ_ERRORS,
        ..GET
    },
    Operation {
        path: paths::POLICY,
        id: "policy",
        tag: "policy",
        summary: "The parameters in force for an area on a day, with their sources.",
        parameters: &[AREA, POLICY_AT],
        answers: &[(200, "The policy.", &[(JSON, Shape::Schema("Policy"))])],
        errors: READ_ERRORS,
        ..GET
    },
    Operation {
        path: paths::HOUSEHOLD,
        id: "household",
        tag: "cards",
        summary: "A card with its personal data, for officials whose area contains it.",
        session: true,
        parameters: &[HOUSEHOLD],
        answers: &[(200, "The card.", &[(JSON, Shape::Schema("Household"))])],
        errors: PRIVATE_ERRORS,
        ..GET
    },
    Operation {
        path: paths::OFFICIAL,
        id: "official",
        tag: "cards",
        summary: "An official, for themselves and for officials whose area contains theirs.",
        session: true,
        parameters: &[OFFICIAL],
        answers: &[(200, "The official.", &[(JSON, Shape::Schema("Official"))])],
        errors: PRIVATE_ERRORS,
        ..GET
    },
    Operation {
        path: paths::REPLICA,
        id: "replicaEntries",
        tag: "replicas",
        summary: "The entries of an area and of the jurisdiction itself, in parts, proven under a signed checkpoint.",
        description: "For a device that is to work without a connection. It goes on from `next` until that is the \
                      size of the checkpoint.",
        session: true,
        parameters: &[PREFIX, FROM, KNOWN],
        answers: &[(200, "A part.", &[(PROTOBUF, Shape::Bytes("An encoded `lika.v1.ReplicaBatch`."))])],
        errors: PRIVATE_ERRORS,
        ..GET
    },
    Operation {
        path: paths::REPLICA_PERSONAL,
        id: "replicaPersonal",
        tag: "replicas",
        summary: "Personal data of the households of an area and of the officials who answer for them, in parts.",
        description: "It goes on after `next` until that is null.",
        session: true,
        parameters: &[PREFIX, SINCE, AFTER],
        answers: &[(200, "A part.", &[(JSON, Shape::Schema("ReplicaPersonal"))])],
        errors: PRIVATE_ERRORS,
        ..GET
    },
    Operation {
        path: paths::PROOF,
        id: "proof",
        summary: "The proof that an entry is in the log.",
        parameters: &[ENTRY],
        answers: &[(200, "A `c2sp.org/tlog-proof@v1` text.", &[(PLAIN, Shape::Text)])],
        errors: &[400, 404, 500],
        ..GET
    },
    Operation {
        path: paths::CHECKPOINT,
        id: "checkpoint",
        summary: "The latest signed checkpoint (c2sp.org/tlog-checkpoint).",
        answers: &[(200, "A signed note.", &[(PLAIN, Shape::Text)])],
        ..GET
    },
    Operation {
        path: "/tile/{level}/{n}",
        id: "tile",
        summary: "A full tile or entry bundle (c2sp.org/tlog-tiles).",
        parameters: &[LEVEL, TILE],
        answers: &[(200, "Its bytes.", &[(BYTES, Shape::Bytes("256 hashes, or 256 entries."))])],
        errors: &[404, 500],
        ..GET
    },
    Operation {
        path: "/tile/{level}/{n}.p/{width}",
        id: "partialTile",
        summary: "A partial tile or entry bundle (c2sp.org/tlog-tiles).",
        parameters: &[LEVEL, TILE, WIDTH],
        answers: &[(200, "Its bytes.", &[(BYTES, Shape::Bytes("As many hashes or entries as `width` says."))])],
        errors: &[404, 500],
        ..GET
    },
    Operation {
        path: paths::HEALTHZ,
        id: "healthz",
        tag: "node",
        summary: "The process answers.",
        answers: &[(200, "It does.", &[(JSON, Shape::Schema("Status"))])],
        ..GET
    },
    Operation {
        path: paths::READYZ,
        id: "readyz",
        tag: "node",
        summary: "The log takes entries.",
        answers: &[(200, "It does.", &[(JSON, Shape::Schema("Status"))])],
        errors: &[503],
        ..GET
    },
    Operation {
        path: paths::METRICS,
        id: "metrics",
        tag: "node",
        summary: "Counters of the gateway, for Prometheus.",
        answers: &[(200, "Text format 0.0.4.", &[(METRICS_TEXT, Shape::Text)])],
        ..GET
    },
    Operation {
        path: paths::OPENAPI,
        id: "openapi",
        tag: "node",
        summary: "This document.",
        answers: &[(200, "OpenAPI 3.1.", &[(JSON, Shape::Object)])],
        ..GET
    },
];

// The texts above say these limits in figures.
const _: () = assert!(SUBMISSION_BYTES_MAX == 131_072 && SUBMISSION_JSON_BYTES_MAX == 262_144);
