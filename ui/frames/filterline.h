#pragma once
/// The line in which a person writes which frames to see. It says in words whether what stands there is valid, and
/// applies it on Enter; Esc goes back to what is applied.
///
/// Thread: gui. What is typed never changes the view before it is applied.
#include "core/filter/framefilter.h"

#include <QFrame>

class QLabel;
class QLineEdit;

namespace framescope {

class FilterLine : public QFrame
{
    Q_OBJECT

public:
    explicit FilterLine(QWidget* parent = nullptr);

    [[nodiscard]] QString appliedExpression() const { return m_applied; }
    /// Puts @p expression into the line and applies it.
    void apply(const QString& expression);
    void clearFilter();
    /// Adds or takes away one term ("check.status == fail"). A term on the same field is replaced.
    void toggleTerm(const QString& term);
    [[nodiscard]] bool hasTerm(const QString& term) const;
    void focusLine();

Q_SIGNALS:
    void filterApplied(const framescope::FrameFilter& filter);
    /// Esc with nothing to revert: the focus belongs back to the table.
    void leaveRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    enum class State
    {
        Empty,
        Valid,
        Incomplete,
        Invalid
    };
    void check();
    void applyTyped();
    void say(State state, const QString& words);

    QLineEdit* m_line;
    QLabel* m_state;
    QString m_applied;
};

/// The terms of @p expression, split at "&&" and the word "and" outside quotes.
[[nodiscard]] QStringList filterTerms(const QString& expression);

} // namespace framescope
