#pragma once
/// Redaction rules as lines of text, NAME=POINTER or NAME@TYPE=POINTER (core/frame/redactionrules.h), and below them
/// what is wrong with the first line that cannot be read. Thread: gui.
#include "core/frame/redactionrules.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace framescope {

class RedactionEdit : public QWidget
{
    Q_OBJECT

public:
    explicit RedactionEdit(QWidget* parent = nullptr);

    void setRules(const RedactionRules& rules);
    /// What is typed, when all of it can be read.
    [[nodiscard]] Expected<RedactionRules> rules() const;
    /// What keeps the rules from being used, in words; empty when nothing does. A session needs at least one.
    [[nodiscard]] QString problem() const;
    /// Says below the lines what problem() says, also while nothing is typed; true when there is nothing to say.
    bool check();

private:
    void showProblem(const QString& words);

    QPlainTextEdit* m_lines;
    QLabel* m_problem;
};

} // namespace framescope
