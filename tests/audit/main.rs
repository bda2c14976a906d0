//! The audit: what it finds in a record, in a district, and what that stops.

#[path = "../rules/areas.rs"]
mod areas;
#[path = "../common/request.rs"]
mod asked;
#[path = "../rules/case.rs"]
#[expect(
    dead_code,
    reason = "the rules' cases; here only their smallest record"
)]
mod case;
#[path = "../common/databases.rs"]
mod common;
#[path = "../issue/desk.rs"]
#[expect(dead_code, reason = "issuing needs more of the desk")]
mod desk;
#[path = "../rules/given.rs"]
mod given;

#[path = "../common/program.rs"]
mod program;

mod cases;
mod cases_of_time;
mod causes;
mod command;
mod disclosure;
mod docs;
mod each_case;
mod hard_cases;
mod made_wrong;
mod names;
mod overrides;
mod overrides_follow;
mod package;
mod paste;
mod people;
mod policy;
mod record;
mod search;
mod sound;
mod sources;
mod whole;
