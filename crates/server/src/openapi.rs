//! What the OpenAPI document says besides the routes.

use utoipa::PartialSchema;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, ContactBuilder, Info, OpenApi, OpenApiBuilder, RefOr};

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

/// Says of every error that it comes as a problem document (RFC 9457).
pub fn tell_problems(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        let responses = operations.into_iter().flatten().flat_map(|operation| {
            operation.responses.responses.iter_mut().filter(|(status, _)| status.as_str() >= "400")
        });
        for (_, response) in responses {
            if let RefOr::T(response) = response
                && let Some(content) = response.content.swap_remove("application/json")
            {
                response.content.insert("application/problem+json".into(), content);
            }
        }
    }
}

/// The schema of a body that also says from which day it holds.
pub fn dated<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        let day = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("The day from which it holds, `YYYY-MM-DD`; today by default."));
        object.properties.insert("effective_on".into(), day.build().into());
    }
    schema
}

/// The schema of a merge patch (RFC 7396) of a body: nothing is required.
pub fn patch<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = dated::<T>();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        object.required.clear();
    }
    schema
}

/// Declares the schema of a body that is made from another's.
macro_rules! body_schema {
    ($(#[$doc:meta])* $name:ident = $make:ident of $body:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::openapi::$make::<$body>()
            }
        }
    };
}
pub(crate) use body_schema;
