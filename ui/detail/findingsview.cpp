#include "ui/detail/findingsview.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"
#include "ui/detail/decodedsummary.h"
#include "ui/detail/factsheet.h"
#include "ui/detail/findingcard.h"
#include "ui/detail/findingwords.h"

#include <QScrollBar>
#include <algorithm>

namespace framescope {

FindingsView::FindingsView(QWidget* parent)
    : QScrollArea(parent)
    , m_content(new QWidget)
    , m_cardColumn(new QVBoxLayout)
    , m_acceptance(new FactSheet)
    , m_decodedTitle(secondaryLabel(tr("Decoded")))
    , m_decoded(new DecodedSummary)
{
    m_cardColumn->setSpacing(10);
    m_cardColumn->setContentsMargins(0, 0, 0, 0);
    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(10, 10, 10, 10);
    column->setSpacing(10);
    column->addWidget(m_acceptance);
    column->addLayout(m_cardColumn);
    column->addSpacing(2);
    column->addWidget(m_decodedTitle);
    column->addWidget(m_decoded);
    column->addStretch();
    setWidget(m_content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_content->setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Findings of the frame"));
}

void FindingsView::setFrame(const Frame& frame)
{
    m_content->setUpdatesEnabled(false);
    // The worst first: it is the reason of the verdict.
    std::vector<const Finding*> order;
    for (const Finding& finding : frame.findings)
        order.push_back(&finding);
    std::stable_sort(order.begin(), order.end(),
                     [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
    for (std::size_t i = 0; i < order.size(); ++i)
        cardAt(int(i))->setFinding(*order[i], frame);
    m_shownCards = int(order.size());
    for (std::size_t i = 0; i < m_cards.size(); ++i)
        m_cards[i]->setVisible(int(i) < m_shownCards);
    showAcceptance(frame);
    m_decoded->setFrame(frame);
    m_decoded->setVisible(!m_decoded->isEmpty());
    m_decodedTitle->setVisible(!m_decoded->isEmpty());
    m_content->setUpdatesEnabled(true);
    verticalScrollBar()->setValue(0);
}

QString FindingsView::plainText() const
{
    QStringList texts;
    if (!m_acceptance->isHidden())
        texts += m_acceptance->plainText();
    for (int i = 0; i < m_shownCards; ++i)
        texts += m_cards[std::size_t(i)]->plainText();
    return texts.join(QStringLiteral("\n\n"));
}

FindingCard* FindingsView::cardAt(int index)
{
    while (int(m_cards.size()) <= index) {
        auto* card = new FindingCard;
        connect(card, &FindingCard::filterRequested, this, &FindingsView::filterRequested);
        connect(card, &FindingCard::nextSameRequested, this, &FindingsView::nextSameRequested);
        m_cardColumn->addWidget(card);
        m_cards.push_back(card);
    }
    return m_cards[std::size_t(index)];
}

void FindingsView::showAcceptance(const Frame& frame)
{
    constexpr qsizetype longestType = 120;
    m_acceptance->setVisible(frame.findings.empty());
    if (!frame.findings.empty())
        return;
    const QString type = frame.type.isEmpty() ? tr("not recognised") : visibleLine(frame.type, longestType);
    Fact verdict;
    verdict.glyph = QStringLiteral("✓");
    verdict.glyphColour = Token::Accepted;
    verdict.title = tr("Accepted");
    verdict.value = tr("Nothing was found to say against this frame.");
    verdict.colour = Token::SecondaryText;
    m_acceptance->setFacts({verdict,
                            {tr("Type"), type, true},
                            {tr("Checksum"), checksumSentence(frame)},
                            {tr("Size"), tr("%1 bytes").arg(countText(frame.head.sizeBytes))},
                            {tr("Judged in"), durationText(frame.head.parseNs)}});
}

} // namespace framescope
