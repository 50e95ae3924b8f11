#pragma once
/// The base folders of the XDG Base Directory Specification, read from the environment at each call, so that a test or
/// a demo can move them. A relative value of a variable is ignored, as the specification says. Thread: any.
#include <QString>

namespace framescope {

/// The value of @p variable ("XDG_STATE_HOME"), else the home folder with @p belowHome ("/.local/state").
[[nodiscard]] QString baseFolder(const char* variable, const QString& belowHome);

} // namespace framescope
