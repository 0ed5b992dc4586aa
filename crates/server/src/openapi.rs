//! What the OpenAPI document says besides the routes.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, ContactBuilder, Info, OpenApi, OpenApiBuilder};

/// Title, licence and how callers are known.
pub fn base() -> OpenApi {
    let mut info = Info::new("shortboard", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The registry in which a city keeps the projects that remedy its weak spots 补短板项目库. \
         Money is a decimal string in yuan with two places; dates are `YYYY`, `YYYY-MM` or \
         `YYYY-MM-DD` where precision may vary; times are RFC 3339 in UTC. A change needs \
         `If-Match` with the version from `ETag`. Errors are RFC 9457 problem documents in the \
         language of `Accept-Language` (zh, en)."
            .into(),
    );
    info.license = Some(utoipa::openapi::License::new("Apache-2.0"));
    info.contact = Some(ContactBuilder::new().name(Some("shortboard")).build());
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    OpenApiBuilder::new()
        .info(info)
        .components(Some(ComponentsBuilder::new().security_scheme("token", token).build()))
        .security(Some([SecurityRequirement::new("token", Vec::<String>::new())]))
        .build()
}
