//! What goes wrong with a request, and the document that says so (RFC 9457).

use crate::secret::SecretError;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shortboard_domain::access::{Denied, DeniedBecause};
use shortboard_domain::decision::{Conflict, Refusal};
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::lang::Lang;
use shortboard_store::StoreError;
use std::sync::Arc;
use utoipa::ToSchema;

/// A problem document, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem: stable, `urn:shortboard:problem:…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// What is wrong where.
    pub errors: Vec<FieldError>,
    /// The version that is there, of a stale change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// RFC 6901 pointer into the body; of a query parameter, its name behind a slash.
    pub pointer: String,
    /// The stable word for the reason.
    pub code: String,
    /// The sentence, in the caller's language.
    pub message: String,
}

/// Why a request fails. It becomes a [`Problem`] in the caller's language at the edge.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Nobody, or a token that opens nothing.
    Unauthenticated,
    /// Not there, or out of sight: the two are told alike.
    NotFound,
    /// The method is not one of the resource's.
    MethodNotAllowed,
    /// No right to do it.
    Denied(Denied),
    /// A change without `If-Match`.
    PreconditionRequired,
    /// A change of a version that is not the current one.
    Stale {
        /// The version that is there.
        current: i64,
    },
    /// The rules do not allow it.
    Refused(Refusal),
    /// The idempotency key came with another request.
    KeyReused,
    /// Values are wrong.
    Invalid(Vec<Fault>),
    /// The body is too large.
    TooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The body is no form with a file.
    NotAForm,
    /// The file is no ledger that can be read: a stable word, and the sentence.
    Unreadable(crate::import::said::Note),
    /// An import cannot be taken back, since these were changed after it.
    BuiltUpon(Vec<crate::import::InTheWay>),
    /// The database does not answer, or is of another version.
    Unavailable,
    /// The program's own fault; told in the log, once.
    Internal,
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Invalid(faults)
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        tracing::error!(%error, "no secret");
        Self::Internal
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing => Self::NotFound,
            StoreError::Stale { current, .. } => Self::Stale { current },
            StoreError::Refused(Refusal::NoSuchPart) => Self::NotFound,
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::KeyReused => Self::KeyReused,
            StoreError::Denied(denied) => Self::Denied(denied),
            error if error.is_unreachable() => {
                tracing::error!(%error, "the database cannot be reached");
                Self::Unavailable
            }
            error => {
                tracing::error!(%error, "a request failed");
                Self::Internal
            }
        }
    }
}

impl Failure {
    /// One value is wrong.
    pub fn invalid(pointer: &str, why: Why) -> Self {
        Self::Invalid(vec![Fault::new(pointer, why)])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Self::Refused(Refusal::Conflict(_)) | Self::KeyReused => StatusCode::CONFLICT,
            Self::Refused(_) | Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BuiltUpon(_) => StatusCode::CONFLICT,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable word of the kind.
    fn kind(&self) -> &str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Denied(_) => "denied",
            Self::PreconditionRequired => "precondition-required",
            Self::Stale { .. } => "stale",
            Self::Refused(Refusal::Conflict(conflict)) => conflict.as_str(),
            Self::Refused(Refusal::Missing(..)) => "missing-facts",
            Self::KeyReused => "key-reused",
            Self::Refused(_) | Self::Invalid(_) => "invalid",
            Self::TooLarge => "too-large",
            Self::Unreadable(_) => "unreadable",
            Self::BuiltUpon(_) => Conflict::ImportBuiltUpon.as_str(),
            Self::UnsupportedMediaType | Self::NotAForm => "unsupported-media-type",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The kind in words, and what happened.
    fn words(&self, lang: Lang) -> (String, String) {
        let pick = |zh: (&str, &str), en: (&str, &str)| {
            let (title, detail) = if lang == Lang::Zh { zh } else { en };
            (title.to_owned(), detail.to_owned())
        };
        match self {
            Self::Unauthenticated => pick(
                ("未登录", "请登录，或在 Authorization 中提供有效令牌"),
                ("Not signed in", "Sign in, or send a valid token in Authorization"),
            ),
            Self::NotFound => pick(
                ("未找到", "没有这个地址或记录，或不在您的管辖范围内"),
                ("Not found", "There is no such address or record, or it is out of your scope"),
            ),
            Self::MethodNotAllowed => pick(
                ("方法不允许", "该地址不支持这种请求方法"),
                ("Method not allowed", "This address does not take that method"),
            ),
            Self::Denied(denied) => {
                let (title, _) = pick(("无权操作", ""), ("Not allowed", ""));
                (title, denied_detail(denied, lang))
            }
            Self::PreconditionRequired => pick(
                ("缺少版本", "修改时须用 If-Match 注明所依据的版本"),
                ("Version required", "A change must name the version it is based on in If-Match"),
            ),
            Self::Stale { current } => {
                let (title, detail) = pick(
                    ("版本不符", "所依据的不是当前版本，可能他人已作更改；当前版本为"),
                    (
                        "Not the current version",
                        "It may have been changed in the meantime; it is now at version",
                    ),
                );
                (title, format!("{detail} {current}"))
            }
            Self::Refused(refusal) => {
                let title = match (refusal, lang) {
                    (Refusal::Conflict(_), Lang::Zh) => "当前状态不允许",
                    (Refusal::Conflict(_), Lang::En) => "Not in its present state",
                    (Refusal::Missing(..), Lang::Zh) => "内容不全",
                    (Refusal::Missing(..), Lang::En) => "Facts are missing",
                    (_, Lang::Zh) => "内容有误",
                    (_, Lang::En) => "Invalid content",
                };
                (title.to_owned(), refusal.message(lang))
            }
            Self::KeyReused => pick(
                ("幂等键已使用", "该 Idempotency-Key 已用于另一请求"),
                ("Key reused", "This Idempotency-Key came with another request before"),
            ),
            Self::Invalid(_) => pick(
                ("内容有误", "请求中有内容不符合要求"),
                ("Invalid content", "Some of the request is not in order"),
            ),
            Self::TooLarge => pick(
                ("内容过大", "请求体超过大小限制"),
                ("Too large", "The body is larger than the limit"),
            ),
            Self::NotAForm => pick(
                ("类型不支持", "请求体应为 multipart/form-data，文件在字段 file 中"),
                (
                    "Unsupported media type",
                    "The body must be multipart/form-data with a field file",
                ),
            ),
            Self::Unreadable(note) => {
                let (title, _) = pick(("文件无法读取", ""), ("The file cannot be read", ""));
                (title, note.text(lang).to_owned())
            }
            Self::BuiltUpon(_) => {
                let (title, _) = pick(("当前状态不允许", ""), ("Not in its present state", ""));
                (title, Conflict::ImportBuiltUpon.label(lang).to_owned())
            }
            Self::UnsupportedMediaType => pick(
                ("类型不支持", "请求体应为 application/json"),
                ("Unsupported media type", "The body must be application/json"),
            ),
            Self::Unavailable => pick(
                ("暂不可用", "数据库不可用，请稍后再试"),
                ("Unavailable", "The database does not answer; try again later"),
            ),
            Self::Internal => pick(
                ("系统错误", "系统内部错误，已记录；请将 X-Request-Id 告知管理员"),
                ("Internal error", "This is our fault and has been logged; quote X-Request-Id"),
            ),
        }
    }

    /// What is wrong where.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::Refused(refusal) => refusal.faults(),
            _ => Vec::new(),
        }
    }

    /// What is wrong that is no value of the request.
    fn further(&self, lang: Lang) -> Vec<FieldError> {
        match self {
            Self::Unreadable(note) => vec![FieldError {
                pointer: "/file".into(),
                code: note.code.clone(),
                message: note.text(lang).to_owned(),
            }],
            Self::BuiltUpon(changes) => changes
                .iter()
                .map(|change| FieldError {
                    pointer: format!("/projects/{}", change.id),
                    code: "changed_since".into(),
                    message: change.sentence(lang),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The document in one language.
    pub fn problem(&self, lang: Lang) -> Problem {
        let faults = self.faults();
        let (title, detail) = self.words(lang);
        Problem {
            kind: format!("urn:shortboard:problem:{}", self.kind().replace('_', "-")),
            title,
            status: self.status().as_u16(),
            detail,
            errors: faults
                .into_iter()
                .map(|fault| FieldError {
                    code: fault.why.code().to_owned(),
                    message: fault.why.message(lang),
                    pointer: fault.pointer,
                })
                .chain(self.further(lang))
                .collect(),
            current_version: match self {
                Self::Stale { current } => Some(*current),
                _ => None,
            },
        }
    }
}

/// Why somebody may not do something, in a sentence.
pub fn denied_detail(denied: &Denied, lang: Lang) -> String {
    let action = denied.action.label(lang);
    let because = match (denied.because, lang) {
        (None, Lang::Zh) => "您的角色没有这项权限",
        (None, Lang::En) => "your role has no right to it",
        (Some(DeniedBecause::Scope), Lang::Zh) => "该项目不在您的管辖范围内",
        (Some(DeniedBecause::Scope), Lang::En) => "the project lies outside of your scope",
        (Some(DeniedBecause::FourEyes), Lang::Zh) => "提交人不能审核自己提交的项目",
        (Some(DeniedBecause::FourEyes), Lang::En) => "whoever submitted it may not review it",
        (Some(DeniedBecause::CityOnly), Lang::Zh) => "须由市级发展改革部门办理",
        (Some(DeniedBecause::CityOnly), Lang::En) => "only a registrar of city scope may do it",
        (Some(DeniedBecause::NotOwn), Lang::Zh) => "填报单位只能修改本单位填报且尚未入库的项目",
        (Some(DeniedBecause::NotOwn), Lang::En) => {
            "a reporter changes its own projects only, and until they are accepted"
        }
        (Some(DeniedBecause::OwnAccount), Lang::Zh) => "不能变更本人的账号，请由其他管理员办理",
        (Some(DeniedBecause::OwnAccount), Lang::En) => {
            "nobody changes an account of their own; another administrator does it"
        }
    };
    match lang {
        Lang::Zh => format!("{action}：{because}"),
        Lang::En => format!("{action}: {because}"),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Whether an answer is a page.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Writes the problem document of a failed request in the caller's language, also for what fails
/// before a handler is reached.
pub async fn render(request: Request, next: Next) -> Response {
    let header = request.headers().get(header::ACCEPT_LANGUAGE);
    let lang = header.and_then(|h| h.to_str().ok()).map(Lang::from_accept_language);
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let failure = match response.extensions_mut().remove::<Arc<Failure>>() {
        Some(failure) => failure,
        // A page tells its readers itself that something is not there.
        None if is_page(&response) => return response,
        None => match response.status() {
            StatusCode::NOT_FOUND => Arc::new(Failure::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Arc::new(Failure::MethodNotAllowed),
            StatusCode::PAYLOAD_TOO_LARGE => Arc::new(Failure::TooLarge),
            StatusCode::SERVICE_UNAVAILABLE => Arc::new(Failure::Unavailable),
            _ => return response,
        },
    };
    let problem = failure.problem(lang.unwrap_or_default());
    let (mut parts, _) = response.into_parts();
    let json = HeaderValue::from_static("application/problem+json");
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, json);
    if parts.status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        parts.headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    let body = if is_head { Vec::new() } else { serde_json::to_vec(&problem).unwrap_or_default() };
    Response::from_parts(parts, body.into())
}
