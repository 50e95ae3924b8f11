#include "ui/connection/redactionedit.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QFontMetrics>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace framescope {

namespace {
constexpr int linesShown = 4;
}

RedactionEdit::RedactionEdit(QWidget* parent)
    : QWidget(parent)
    , m_lines(new QPlainTextEdit)
    , m_problem(plainLabel({}))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_lines);
    column->addWidget(m_problem);
    setKind(m_lines, "field");
    m_lines->setProperty("fixedPitch", true); // the style sheet's: setFont() has no say beside it
    m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_lines->setTabChangesFocus(true);
    m_lines->setFixedHeight(linesShown * QFontMetrics(Theme::instance().fixedFont()).lineSpacing() + 20);
    m_lines->setPlaceholderText(
        tr("phone=/eventBody/participants/*/address\nname@v2.users.*=/eventBody/name\nOne rule a line: "
           "NAME=POINTER or NAME@TYPE=POINTER"));
    m_lines->setToolTip(
        tr("Where a JSON Pointer leads, “[redacted:NAME]” is kept instead of the value; * stands for any member or "
           "element, ~2 for a literal *. What is no JSON is kept as its digest only. The digest and the size stay "
           "those of what was received"));
    m_problem->setWordWrap(true);
    setFocusProxy(m_lines);
    setKind(m_problem, "refused");
    // An empty field is not wrong yet: the placeholder says what it wants.
    connect(m_lines, &QPlainTextEdit::textChanged, this,
            [this] { showProblem(m_lines->toPlainText().trimmed().isEmpty() ? QString() : problem()); });
    showProblem({});
}

void RedactionEdit::setRules(const RedactionRules& rules)
{
    QString lines = QString::fromUtf8(rules.toLines());
    lines.chop(1); // the last line's end
    m_lines->setPlainText(lines);
}

Expected<RedactionRules> RedactionEdit::rules() const
{
    return RedactionRules::fromLines(m_lines->toPlainText().toUtf8());
}

QString RedactionEdit::problem() const
{
    const Expected<RedactionRules> read = rules();
    if (!read)
        return tr("Redaction, %1: %2").arg(read.error().place, read.error().detail);
    return read->isEmpty() ? tr("Redaction needs at least one rule.") : QString();
}

bool RedactionEdit::check()
{
    const QString words = problem();
    showProblem(words);
    return words.isEmpty();
}

void RedactionEdit::showProblem(const QString& words)
{
    m_problem->setText(words.isEmpty() ? QString() : QStringLiteral("✕ ") + words);
    m_problem->setVisible(!words.isEmpty());
}

} // namespace framescope
