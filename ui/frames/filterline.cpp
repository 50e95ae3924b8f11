#include "ui/frames/filterline.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QDragMoveEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QRegularExpression>
#include <QStyle>

namespace framescope {

namespace {

constexpr int maximumExpression = 4'096;

/// "check.status" of "check.status == fail"; empty for a text word.
QString fieldOf(const QString& term)
{
    static const QRegularExpression comparison(QStringLiteral("^\\s*([\\w.]+)\\s*(==|!=)"));
    return comparison.match(term).captured(1);
}

QString simplified(const QString& term)
{
    QString out = term.simplified();
    out.remove(QLatin1Char('"'));
    return out;
}

} // namespace

QStringList filterTerms(const QString& expression)
{
    QStringList terms;
    QString current;
    bool quoted = false;
    for (qsizetype i = 0; i < expression.size(); ++i) {
        const QChar c = expression[i];
        if (c == u'"' && (i == 0 || expression[i - 1] != u'\\'))
            quoted = !quoted;
        const QStringView rest = QStringView(expression).mid(i);
        if (!quoted && (rest.startsWith(u"&&") || rest.startsWith(u" and "))) {
            terms += current.trimmed();
            current.clear();
            i += rest.startsWith(u"&&") ? 1 : 4;
            continue;
        }
        current += c;
    }
    terms += current.trimmed();
    terms.removeAll(QString());
    return terms;
}

FilterLine::FilterLine(QWidget* parent)
    : QFrame(parent)
    , m_line(new QLineEdit(this))
    , m_state(plainLabel({}, this))
{
    setKind(this, "field");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 4, 10, 4);
    layout->setSpacing(8);
    QLabel* glyph = secondaryLabel(QStringLiteral("⌕"), this);
    glyph->setAccessibleName(tr("Filter"));
    m_state->setObjectName(QStringLiteral("filterState"));
    setKind(m_line, "bare");
    m_line->setFont(Theme::instance().fixedFont());
    m_line->setFrame(false);
    m_line->setMaxLength(maximumExpression);
    m_line->setPlaceholderText(tr("Filter frames: text, msg.type == \"…\", check.status == fail"));
    m_line->setAccessibleName(tr("Frame filter"));
    m_line->installEventFilter(this);
    layout->addWidget(glyph);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_state);
    setFocusProxy(m_line);
    connect(m_line, &QLineEdit::textChanged, this, &FilterLine::check);
    connect(m_line, &QLineEdit::returnPressed, this, &FilterLine::applyTyped);
    check();
}

void FilterLine::apply(const QString& expression)
{
    m_line->setText(expression);
    applyTyped();
}

void FilterLine::clearFilter()
{
    apply({});
}

void FilterLine::focusLine()
{
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

void FilterLine::applyTyped()
{
    const auto filter = FrameFilter::parse(m_line->text());
    if (!filter) {
        check();
        return;
    }
    m_applied = m_line->text().trimmed();
    check();
    Q_EMIT filterApplied(*filter);
}

void FilterLine::check()
{
    const QString typed = m_line->text().trimmed();
    if (typed.isEmpty()) {
        say(State::Empty, m_applied.isEmpty() ? QString() : tr("Enter shows all frames"));
        return;
    }
    const auto filter = FrameFilter::parse(typed);
    if (!filter) {
        bool hasColumn = false;
        const int column = filter.error().place.toInt(&hasColumn);
        // An error where the text ends is text that is not finished yet.
        if (hasColumn && column > typed.size())
            say(State::Incomplete, tr("… not finished"));
        else
            say(State::Invalid, hasColumn ? tr("✕ column %1: %2").arg(column).arg(filter.error().detail)
                                          : tr("✕ %1").arg(filter.error().detail));
        return;
    }
    QString words = filter->needsPayload() ? tr("✓ valid, searching text") : tr("✓ valid");
    if (typed != m_applied)
        words += tr(" · Enter applies");
    say(State::Valid, words);
}

void FilterLine::say(State state, const QString& words)
{
    m_state->setText(words);
    m_state->setAccessibleName(words);
    setKind(m_state, state == State::Valid ? "accepted" : state == State::Invalid ? "refused" : "secondary");
}

void FilterLine::toggleTerm(const QString& term)
{
    QStringList terms = filterTerms(m_applied);
    const auto isSame = [&](const QString& other) { return simplified(other) == simplified(term); };
    const bool had = std::any_of(terms.begin(), terms.end(), isSame);
    const QString field = fieldOf(term);
    terms.removeIf(
        [&](const QString& other) { return isSame(other) || (!field.isEmpty() && fieldOf(other) == field); });
    if (!had)
        terms += term;
    apply(terms.join(QStringLiteral(" && ")));
}

bool FilterLine::hasTerm(const QString& term) const
{
    const QStringList terms = filterTerms(m_applied);
    return std::any_of(terms.begin(), terms.end(),
                       [&](const QString& other) { return simplified(other) == simplified(term); });
}

bool FilterLine::eventFilter(QObject* watched, QEvent* event)
{
    const bool isDrag = event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove;
    if (isDrag && static_cast<QDragMoveEvent*>(event)->mimeData()->hasUrls()) {
        event->ignore(); // files are for the window, not text for a filter
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        setProperty("focused", event->type() == QEvent::FocusIn);
        style()->unpolish(this);
        style()->polish(this);
    } else if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        if (m_line->text().trimmed() != m_applied)
            m_line->setText(m_applied);
        else
            Q_EMIT leaveRequested();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace framescope
