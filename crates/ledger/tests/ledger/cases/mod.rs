//! Profiles, calendars and cases.

mod actors;
mod adoption;
mod cycles;
mod deadlines;
mod encumbrances;
mod ends;
mod guizhou;
mod inputs;
mod objection;
mod opening;
mod outages;
mod past;
mod possible;
mod properties;
mod register;
mod registration;
mod story;
mod suspensions;
mod tianjin;
