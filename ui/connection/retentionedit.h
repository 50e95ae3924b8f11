#pragma once
/// How much of the payloads a session keeps: three limits side by side, each empty for none, and below them what is
/// wrong with the first one that cannot be read. Thread: gui.
#include "core/store/sessionfile.h"

#include <QWidget>

class QLabel;
class QLineEdit;

namespace framescope {

class RetentionEdit : public QWidget
{
    Q_OBJECT

public:
    explicit RetentionEdit(QWidget* parent = nullptr);

    void setRetention(const PayloadRetention& retention);
    /// What is typed, when all of it can be read; InvalidArgument with words else.
    [[nodiscard]] Expected<PayloadRetention> retention() const;
    /// What keeps the limits from being used, in words; empty when nothing does.
    [[nodiscard]] QString problem() const;

private:
    void showProblem();

    QLineEdit* m_age;
    QLineEdit* m_bytes;
    QLineEdit* m_frames;
    QLabel* m_problem;
};

} // namespace framescope
