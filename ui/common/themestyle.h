#pragma once
/// The one style sheet of the program, built from the theme's tokens. Widgets ask for a look by the dynamic property
/// "kind"
///, never by a colour.
/// Thread: gui.
#include <QString>

namespace framescope {

class Theme;

[[nodiscard]] QString styleSheetOf(const Theme& theme);

} // namespace framescope
