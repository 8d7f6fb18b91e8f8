//! Steps of cases, made from the real profiles and what a person says.

mod desk;
mod recorded;
mod refused;
mod samples;
mod taken_over;
