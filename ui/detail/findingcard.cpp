#include "ui/detail/findingcard.h"

#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"
#include "ui/detail/factsheet.h"
#include "ui/detail/findingwords.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPath>

namespace framescope {

namespace {

constexpr int edgeWidth = 3;
constexpr int corner = 5;
constexpr qsizetype longestCardValue = 240;

void addFact(std::vector<Fact>& facts, const QString& name, const QString& value, bool fixed = false)
{
    if (!value.isEmpty())
        facts.push_back({name, value, fixed});
}

} // namespace

FindingCard::FindingCard(QWidget* parent)
    : QFrame(parent)
    , m_facts(new FactSheet)
{
    m_facts->setLeastNames({tr("In the frame"), tr("In the schema"), tr("Likely cause")});
    auto* filter = linkButton(tr("Filter same"));
    auto* next = linkButton(tr("Next same"));
    auto* copyLink = linkButton(tr("Copy"));
    filter->setToolTip(tr("Show only frames with this finding"));
    next->setToolTip(tr("Go to the next frame with this finding"));
    connect(filter, &QPushButton::clicked, this, [this] { Q_EMIT filterRequested(findingFilter(m_finding.id)); });
    connect(next, &QPushButton::clicked, this, [this] { Q_EMIT nextSameRequested(m_finding.id); });
    connect(copyLink, &QPushButton::clicked, this, &FindingCard::copy);

    auto* links = new QHBoxLayout;
    links->setSpacing(8);
    links->setContentsMargins(-8, 0, 0, 0); // a link's own padding: its text stands under the facts
    for (QPushButton* link : {filter, next, copyLink})
        links->addWidget(link);
    links->addStretch();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(edgeWidth + 11, 10, 12, 8);
    column->setSpacing(6);
    column->addWidget(m_facts);
    column->addLayout(links);
    connect(&Theme::instance(), &Theme::changed, this, QOverload<>::of(&QWidget::update));
}

void FindingCard::setFinding(const Finding& finding, const Frame& frame)
{
    m_finding = finding;
    m_copyText = findingCopyText(finding, frame);
    const FindingInfo& info = findingInfo(finding.id);
    std::vector<Fact> facts;
    Fact head;
    head.glyph = severityGlyph(finding.severity);
    head.glyphColour = severityToken(finding.severity);
    head.title = findingText(info.title);
    head.value = QLatin1String(info.name);
    head.fixed = true;
    head.colour = Token::SecondaryText;
    facts.push_back(head);
    const QString sentence = findingSentence(finding, frame);
    if (!sentence.isEmpty())
        facts.push_back({{}, sentence, false, Token::SecondaryText});
    addFact(facts, tr("In the frame"), findingPlace(finding), true);
    addFact(facts, tr("In the schema"), visibleLine(finding.schemaPointer, longestCardValue), true);
    addFact(facts, tr("Expected"), visibleLine(finding.expected, longestCardValue), true);
    addFact(facts, tr("Actual"), visibleLine(finding.actual, longestCardValue), true);
    addFact(facts, tr("Likely cause"), findingText(info.cause));
    addFact(facts, tr("Next step"), findingText(info.nextStep));
    m_facts->setFacts(std::move(facts));
    setAccessibleName(tr("%1: %2").arg(severityText(finding.severity), findingText(info.title)));
    update();
}

QString FindingCard::plainText() const
{
    return m_facts->plainText();
}

void FindingCard::copy() const
{
    QGuiApplication::clipboard()->setText(m_copyText);
}

void FindingCard::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath outline;
    outline.addRoundedRect(box, corner, corner);
    painter.fillPath(outline, theme.color(Token::Panel));
    painter.setPen(theme.color(Token::Border));
    painter.drawPath(outline);
    painter.setClipRect(QRectF(0, 0, edgeWidth, height()));
    painter.fillPath(outline, theme.color(severityToken(m_finding.severity)));
}

} // namespace framescope
