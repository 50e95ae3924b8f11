#pragma once
/// What the forms of the dialogs share: is a profile complete enough to connect, which payload policies there are, and
/// choosing a file.
/// Thread: gui.
#include "core/session/profilestore.h"

class QComboBox;
class QLineEdit;

namespace framescope {

/// What keeps @p profile from connecting, in words; empty when nothing does. Plain text is for loopback only.
[[nodiscard]] QString profileProblem(const Profile& profile);

/// Puts the payload policies in words into @p box; an item's data is its PayloadPolicy.
void fillPayloadPolicies(QComboBox* box);

/// Opens a file dialog (without waiting for it) that puts the chosen path into @p field.
void chooseFile(QWidget* parent, QLineEdit* field, const QString& title, const QString& nameFilter);

} // namespace framescope
