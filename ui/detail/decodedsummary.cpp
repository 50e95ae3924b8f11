#include "ui/detail/decodedsummary.h"

#include "ui/common/plaintext.h"
#include "ui/detail/failingplaces.h"
#include "ui/detail/findingwords.h"
#include "ui/detail/jsonoutline.h"
#include "ui/detail/mediaheader.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPaintEvent>
#include <QPainter>

namespace framescope {

namespace {

constexpr qsizetype longestSummary = 160;
constexpr qsizetype longestSummaryValue = 120;
constexpr qsizetype idLength = 36; // a UUID says nothing in a summary
constexpr qsizetype itemsShown = 4;
constexpr int deepest = 2;

QString summaryText(const char* text)
{
    return QCoreApplication::translate("DecodedSummary", text);
}

// An item of a list by its telling members: "{ customer · connected · tel:+13175550123 }".
QString itemText(QByteArrayView json, const JsonSpan& object)
{
    constexpr qsizetype partsShown = 4;
    QStringList parts;
    JsonChildren children(json, object);
    for (auto member = children.next(); member && parts.size() < partsShown; member = children.next()) {
        const JsonSpan& value = member->value;
        if (value.kind == OutlineKind::String && value.size() - 2 < idLength && value.size() > 2) {
            const QString text = jsonValueText(json, value, idLength);
            parts += text.sliced(1, text.size() - 2);
        }
    }
    return parts.isEmpty() ? jsonValueText(json, object, longestSummaryValue)
                           : QStringLiteral("{ ") + parts.join(QStringLiteral(" · ")) + QStringLiteral(" }");
}

class SummaryBuilder
{
public:
    explicit SummaryBuilder(const Frame& frame)
        : m_json(frame.payload)
        , m_failing(frame.payload, frame.findings)
    {
    }

    std::vector<SummaryLine> build()
    {
        add(jsonRoot(m_json), 0);
        if (m_isCut)
            m_lines.push_back({0, QStringLiteral("…"), summaryText("more in Decoded"), {}});
        return std::move(m_lines);
    }

private:
    void add(const JsonSpan& container, int indent)
    {
        // What is missing comes last, and must be there however long the rest is.
        const std::vector<MissingMember> missing = m_failing.missingFrom(container);
        const bool isList = container.kind == OutlineKind::Array;
        JsonChildren children(m_json, container);
        qsizetype row = 0;
        for (auto member = children.next(); member; member = children.next(), ++row) {
            const bool leads = m_failing.leadsToFailure(member->value) || m_failing.severityOf(member->value);
            if (!leads && (m_lines.size() + missing.size() >= summaryLineLimit || (isList && row >= itemsShown))) {
                m_isCut = true;
                continue;
            }
            if (m_lines.size() >= summaryLineLimit)
                break;
            addMember(*member, isList ? QString::number(row) : jsonName(member->key), isList, indent);
        }
        for (const MissingMember& gone : missing)
            m_lines.push_back({indent, gone.name, summaryText("missing"), gone.severity});
    }

    void addMember(const JsonMember& member, const QString& name, bool isItem, int indent)
    {
        const JsonSpan& value = member.value;
        const bool opens = value.isContainer() && (m_failing.leadsToFailure(value) || value.kind == OutlineKind::Array);
        const QString text = isItem && value.kind == OutlineKind::Object
                                 ? itemText(m_json, value)
                                 : jsonValueText(m_json, value, longestSummaryValue);
        m_lines.push_back({indent, name, text, m_failing.severityOf(value)});
        if (opens && indent < deepest)
            add(value, indent + 1);
    }

    QByteArrayView m_json;
    FailingPlaces m_failing;
    std::vector<SummaryLine> m_lines;
    bool m_isCut = false;
};

QFont lineFont()
{
    return Theme::instance().fixedFont();
}

int lineHeight()
{
    return QFontMetrics(lineFont()).height() + 4;
}

} // namespace

std::vector<SummaryLine> summaryLines(const Frame& frame)
{
    if (frame.payload.isEmpty())
        return {};
    if ((frame.head.flags & FrameFlag::JsonPayload) != 0)
        return SummaryBuilder(frame).build();
    std::vector<SummaryLine> lines;
    if (frame.head.opcode == Opcode::Text) { // text that no parser could read: as it came, as far as it fits
        lines.push_back({0, summaryText("text"), visibleLine(frame.payload, longestSummary), {}});
        return lines;
    }
    for (const DecodedRow& row : mediaRows(frame.payload))
        lines.push_back({0, row.name, row.value, {}});
    return lines;
}

DecodedSummary::DecodedSummary(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("Decoded payload in short"));
    connect(&Theme::instance(), &Theme::changed, this, QOverload<>::of(&QWidget::update));
}

void DecodedSummary::setFrame(const Frame& frame)
{
    m_lines = summaryLines(frame);
    QStringList spoken;
    for (const SummaryLine& line : m_lines)
        spoken += line.name + QStringLiteral(": ") + line.value;
    setAccessibleDescription(spoken.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

QSize DecodedSummary::sizeHint() const
{
    return {320, int(m_lines.size()) * lineHeight()};
}

QSize DecodedSummary::minimumSizeHint() const
{
    return {120, sizeHint().height()};
}

void DecodedSummary::paintEvent(QPaintEvent* event)
{
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setFont(lineFont());
    const QFontMetrics metrics(painter.font());
    const int height = lineHeight();
    const int step = metrics.horizontalAdvance(QStringLiteral("  "));
    int names = 0;
    for (const SummaryLine& line : m_lines)
        names = std::max(names, line.indent * step + metrics.horizontalAdvance(line.name));
    names = std::min(names, width() * 2 / 5) + 16;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const SummaryLine& line = m_lines[i];
        const QRect box(0, int(i) * height, width(), height);
        if (!box.intersects(event->rect()))
            continue;
        if (line.severity)
            painter.fillRect(box, theme.color(severityTint(*line.severity)));
        const QRect nameBox(line.indent * step + 2, box.top(), names - line.indent * step - 8, height);
        const QRect valueBox(names, box.top(), width() - names - 2, height);
        painter.setPen(theme.color(line.severity ? severityToken(*line.severity) : Token::SecondaryText));
        painter.drawText(nameBox, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(line.name, Qt::ElideRight, nameBox.width()));
        painter.setPen(theme.color(line.severity ? severityToken(*line.severity) : Token::Text));
        painter.drawText(valueBox, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(line.value, Qt::ElideRight, valueBox.width()));
    }
}

} // namespace framescope
