//! Tests of all commands: help, completions and manual pages.

use clap::ValueEnum;
use clap_complete::Shell;

use super::*;

#[test]
fn help_knows_all_commands() {
    let command = Command::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    assert_eq!(names, help::COMMANDS);
}

#[test]
fn every_shell_completes_every_option() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(completions::script(*shell, Command::command())).unwrap();
        for command in Command::command().get_subcommands() {
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(script.contains(option), "{shell}: {} --{option}", command.get_name());
            }
        }
    }
}

#[test]
fn every_page_has_all_sections() {
    for (name, page) in man::pages(Command::command()).unwrap() {
        let page = String::from_utf8(page).unwrap();
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "FILES",
            "\"SEE ALSO\"",
        ] {
            assert!(sections.contains(&section), "{name}: {section} in {sections:?}");
        }
    }
}

#[test]
fn every_page_that_is_referred_to_exists() {
    let names: Vec<String> =
        man::pages(Command::command()).unwrap().into_iter().map(|(name, _)| name).collect();
    for (page, written) in man::WRITTEN {
        assert!(names.iter().any(|name| name == page), "{page}");
        for line in
            written.lines().filter(|line| line.starts_with(".BR pta\\-") || line.starts_with(".BR pta ("))
        {
            let name = line.split(' ').nth(1).unwrap().replace('\\', "");
            assert!(names.contains(&name), "{page} refers to {name}");
        }
    }
}
