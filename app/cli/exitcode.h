#pragma once
/// The exit codes of framescope-cli: a promise to scripts. New ones are added, none is renumbered.
namespace framescope::cli {

enum ExitCode : int
{
    ExitDone = 0,
    ExitFailure = 1, ///< run-time failure: a file, the disk
    ExitUsage = 2,
    ExitFindings = 3, ///< findings at or above --fail-on, or a document that does not validate
    ExitAuthentication = 4,
    ExitConnection = 5,
    ExitVerification = 6, ///< the audit log does not verify
    ExitInterrupted = 130 ///< by a signal, before what was asked for was done
};

} // namespace framescope::cli
