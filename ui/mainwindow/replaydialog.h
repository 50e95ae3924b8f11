#pragma once
/// Asks which session is to be replayed and how fast. Not modal. Thread: gui.
#include "core/replay/replaystate.h"

#include <QDialog>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace framescope {

class ReplayDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p path is offered first; may be empty.
    explicit ReplayDialog(const QString& path, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const framescope::ReplayConfig& replay);

private:
    void chooseFile();

    QLineEdit* m_path;
    QComboBox* m_speed;
    QPushButton* m_start;
};

} // namespace framescope
