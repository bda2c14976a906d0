//! What is asked of a document, where a test asks for nothing in particular.

use jiff::civil::Date;
use registrar::transcript::{DocumentRequest, Edition};

/// In English, under the legal name, without address and state id; nobody certifies it.
pub fn request(edition: Edition, issued_on: Date) -> DocumentRequest {
    DocumentRequest {
        id: String::new(),
        kind: None,
        edition,
        language: "en".into(),
        issued_on,
        demonstration: false,
        show_state_id: false,
        show_address: false,
        use_chosen_name: false,
        certification: None,
    }
}
