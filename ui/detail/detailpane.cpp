#include "ui/detail/detailpane.h"

#include "core/frame/eventlatency.h"
#include "core/frame/redactionrules.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"
#include "ui/common/widgets.h"
#include "ui/detail/bytesview.h"
#include "ui/detail/decodeddelegate.h"
#include "ui/detail/decodedmodel.h"
#include "ui/detail/factsheet.h"
#include "ui/detail/findingsview.h"
#include "ui/detail/findingwords.h"
#include "ui/detail/payloadtextview.h"

#include <QHeaderView>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTreeView>

namespace framescope {

namespace {

QWidget* inScrollArea(FactSheet* sheet)
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(14, 12, 14, 12);
    column->addWidget(sheet);
    column->addStretch();
    auto* area = new QScrollArea;
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    return area;
}

QString phaseText(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Idle:
        return DetailPane::tr("not started");
    case SourcePhase::SigningIn:
        return DetailPane::tr("signing in");
    case SourcePhase::Connecting:
        return DetailPane::tr("connecting");
    case SourcePhase::Connected:
        return DetailPane::tr("connected");
    case SourcePhase::Waiting:
        return DetailPane::tr("waiting for the next attempt");
    case SourcePhase::Suspended:
        return DetailPane::tr("held by the circuit breaker");
    case SourcePhase::Stopped:
        return DetailPane::tr("stopped");
    case SourcePhase::Failed:
        return DetailPane::tr("failed");
    }
    return {};
}

} // namespace

DetailPane::DetailPane(QWidget* parent)
    : QWidget(parent)
    , m_tabs(flatTabBar())
    , m_pages(new QStackedWidget)
    , m_notice(secondaryLabel())
    , m_caption(secondaryLabel())
    , m_comment(plainLabel({}))
    , m_findings(new FindingsView)
    , m_decodedModel(new DecodedModel(this))
    , m_text(new PayloadTextView)
    , m_bytes(new BytesView)
    , m_timing(new FactSheet)
    , m_connection(new FactSheet)
{
    for (const QString& title :
         {tr("Findings"), tr("Decoded"), tr("JSON"), tr("Bytes"), tr("Timing"), tr("Connection")})
        m_tabs->addTab(title);
    m_tabs->setAccessibleName(tr("Views of the frame"));
    // Six tabs and a badge fit the pane's usual width only a little closer together.
    m_tabs->setStyleSheet(QStringLiteral("QTabBar::tab { padding-left: 8px; padding-right: 8px; }"));
    for (QWidget* page : {static_cast<QWidget*>(m_findings), buildDecoded(), static_cast<QWidget*>(m_text),
                          static_cast<QWidget*>(m_bytes), inScrollArea(m_timing), inScrollArea(m_connection)})
        m_pages->addWidget(page);
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_notice->setContentsMargins(24, 24, 24, 24);
    m_pages->addWidget(m_notice);

    auto* tabRow = new QFrame;
    setKind(tabRow, "tabrow");
    auto* tabLayout = new QHBoxLayout(tabRow);
    tabLayout->setContentsMargins(6, 0, 6, 0);
    tabLayout->addWidget(m_tabs, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(tabRow);
    m_caption->setContentsMargins(12, 8, 12, 0);
    column->addWidget(m_caption);
    m_comment->setContentsMargins(12, 4, 12, 0);
    m_comment->setWordWrap(true);
    m_comment->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_comment->setAccessibleName(tr("Comments"));
    column->addWidget(m_comment);
    column->addWidget(m_pages, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, &DetailPane::buildCurrentTab);
    connect(m_findings, &FindingsView::filterRequested, this, &DetailPane::filterRequested);
    connect(m_findings, &FindingsView::nextSameRequested, this, &DetailPane::nextSameRequested);
    clear();
}

QWidget* DetailPane::buildDecoded()
{
    m_decoded = new QTreeView;
    m_decoded->setModel(m_decodedModel);
    m_decoded->setItemDelegate(new DecodedDelegate(m_decoded));
    m_decoded->setUniformRowHeights(true);
    m_decoded->setFrameShape(QFrame::NoFrame);
    m_decoded->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_decoded->setIndentation(14);
    m_decoded->header()->setSectionResizeMode(DecodedModel::MemberColumn, QHeaderView::Interactive);
    m_decoded->header()->setSectionResizeMode(DecodedModel::ValueColumn, QHeaderView::Stretch);
    m_decoded->header()->setSectionResizeMode(DecodedModel::TypeColumn, QHeaderView::Interactive);
    m_decoded->header()->setStretchLastSection(false);
    m_decoded->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_decoded->header()->resizeSection(DecodedModel::MemberColumn, 150);
    m_decoded->header()->resizeSection(DecodedModel::TypeColumn, 96);
    m_decoded->header()->setStyleSheet(
        QStringLiteral("QHeaderView::section { padding-left: 4px; padding-right: 4px; }"));
    m_decoded->setAccessibleName(tr("Decoded payload"));
    m_decodedNotice = secondaryLabel();
    m_decodedNotice->setWordWrap(true);
    m_decodedNotice->setContentsMargins(12, 12, 12, 12);
    m_decodedNotice->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_decoded);
    column->addWidget(m_decodedNotice, 1);
    return page;
}

void DetailPane::showFrame(const Frame& frame)
{
    setFrame(frame, tr("Frame %1 · %2").arg(countText(frame.head.number), utcTimeText(frame.head.wallNs)));
}

void DetailPane::showLatestRefused(const Frame& frame)
{
    setFrame(frame,
             tr("Latest refused: frame %1 · %2").arg(countText(frame.head.number), utcTimeText(frame.head.wallNs)));
}

void DetailPane::setFrame(const Frame& frame, const QString& caption)
{
    m_frame = frame;
    m_captionText = caption;
    m_hasFrame = true;
    showCaption();
    m_isStale.fill(true);
    setTabBadge(m_tabs, FindingsTab, frame.findings.size());
    buildCurrentTab();
}

void DetailPane::showCaption()
{
    constexpr qsizetype longest = 2'000; // the newest comment is the last
    QString words = m_captionText;
    if ((m_frame.head.flags & FrameFlag::Masked) != 0)
        words = tr("%1 · %2").arg(words, maskedWords(m_frame));
    QString comment;
    if (m_marks && m_marks->isMarked(m_frame.head.number)) {
        words = tr("%1 · ◆ marked").arg(words);
        comment = visibleText(endOfText(QString::fromUtf8(m_marks->commentOf(m_frame.head.number)), longest), true);
    }
    m_caption->setText(words);
    m_caption->show();
    m_comment->setText(comment);
    m_comment->setVisible(!comment.isEmpty());
}

void DetailPane::setMarks(const FrameMarksPtr& marks)
{
    m_marks = marks;
    if (m_hasFrame)
        showCaption();
}

void DetailPane::showLoading(quint64 number)
{
    showNotice(tr("Reading frame %1 …").arg(countText(number)));
}

void DetailPane::clear()
{
    m_frame = {};
    showNotice(tr("Select a frame to see why it was accepted or refused."));
}

void DetailPane::showNotice(const QString& text)
{
    m_hasFrame = false;
    setTabBadge(m_tabs, FindingsTab, 0);
    m_caption->hide();
    m_comment->hide();
    m_notice->setText(text);
    m_pages->setCurrentWidget(m_notice);
}

void DetailPane::setSource(const SourceState& source)
{
    m_source = source;
    m_isStale[ConnectionTab] = true;
    if (currentTab() == ConnectionTab)
        buildCurrentTab();
}

DetailPane::Tab DetailPane::currentTab() const
{
    return Tab(m_tabs->currentIndex());
}

void DetailPane::setCurrentTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

void DetailPane::buildCurrentTab()
{
    if (!m_hasFrame)
        return;
    const Tab tab = currentTab();
    if (std::exchange(m_isStale[std::size_t(tab)], false)) {
        switch (tab) {
        case FindingsTab:
            m_findings->setFrame(m_frame);
            break;
        case DecodedTab:
            fillDecoded();
            break;
        case JsonTab:
            m_text->setFrame(m_frame);
            break;
        case BytesTab:
            m_bytes->setFrame(m_frame);
            break;
        case TimingTab:
            fillTiming();
            break;
        case ConnectionTab:
            fillConnection();
            break;
        case TabCount:
            break;
        }
    }
    m_pages->setCurrentIndex(tab);
}

void DetailPane::fillDecoded()
{
    m_decodedModel->setFrame(m_frame);
    for (const QModelIndex& index : m_decodedModel->indexesToOpen())
        m_decoded->expand(index);
    const bool isEmpty = m_decodedModel->rowCount() == 0;
    QString notice = missingPayloadSentence(m_frame);
    if (notice.isEmpty() && isEmpty)
        notice = tr(
            "There is nothing to decode: the text is not a JSON object. The tabs JSON and Bytes show it as it came.");
    m_decodedNotice->setText(notice);
    m_decodedNotice->setVisible(isEmpty);
    m_decoded->setVisible(!isEmpty);
}

void DetailPane::setClockOffset(std::optional<qint64> ns)
{
    if (ns == m_clockOffsetNs)
        return;
    m_clockOffsetNs = ns;
    m_isStale[TimingTab] = true;
    if (currentTab() == TimingTab)
        buildCurrentTab();
}

std::vector<Fact> DetailPane::eventTimeFacts() const
{
    const FrameHead& head = m_frame.head;
    const std::optional<qint64> known = endToEndNs(head);
    if (!known)
        return {{tr("Event time"), tr("event time unknown: the body does not say when it happened")}};
    const qint64 latency = *known;
    QString words = latency < 0 ? tr("! %1: the event lies ahead of this clock").arg(signedLatencyText(latency))
                                : signedLatencyText(latency);
    words += m_clockOffsetNs ? tr("; depends on both clocks; offset %1").arg(offsetText(*m_clockOffsetNs))
                             : tr("; depends on both clocks; their offset is unknown");
    return {{tr("Event time (UTC)"), QString::fromLatin1(rfc3339Utc(head.eventWallNs)), true},
            {tr("End to end"), words}};
}

void DetailPane::fillTiming()
{
    const FrameHead& head = m_frame.head;
    const bool hasDigest = m_frame.digest != Sha256Digest{};
    std::vector<Fact> facts = {
        {tr("Arrived (UTC)"), QString::fromLatin1(rfc3339Utc(head.wallNs)), true},
        {tr("Monotonic"), tr("%1 ns").arg(countText(quint64(head.monoNs))), true},
        {tr("Judged after"), durationText(head.parseNs) + tr(" (from the socket to the verdict)")},
        {tr("Size"), tr("%1 bytes as received").arg(countText(head.sizeBytes))},
        {tr("Kept"), (head.flags & FrameFlag::PayloadKept) != 0
                         ? tr("%1 bytes").arg(countText(quint64(m_frame.payload.size())))
                         : missingPayloadSentence(m_frame)},
        {tr("SHA-256"),
         hasDigest ? QString::fromLatin1(toHex(m_frame.digest)) : tr("not computed: the size gate came first"),
         hasDigest},
        {tr("Checksum"), checksumSentence(m_frame)},
        {tr("Audit number"), countText(m_frame.auditSeq)}};
    std::vector<Fact> eventTime = eventTimeFacts();
    facts.insert(facts.begin() + 1, std::make_move_iterator(eventTime.begin()),
                 std::make_move_iterator(eventTime.end()));
    if ((head.flags & FrameFlag::Masked) != 0)
        facts.push_back({redactedValuesIn(m_frame.payload).empty() ? tr("Masked") : tr("Redacted"),
                         tr("%1. It was judged as it came, and changed before anything kept or showed it")
                             .arg(maskedWords(m_frame))});
    m_timing->setFacts(std::move(facts));
}

void DetailPane::fillConnection()
{
    constexpr qsizetype longest = 300;
    const FrameHead& head = m_frame.head;
    const QString direction = head.direction == Direction::In ? tr("received") : tr("sent");
    QString origin = tr("live");
    if ((head.flags & FrameFlag::Imported) != 0)
        origin = (head.flags & FrameFlag::Simulated) != 0 ? tr("IMPORTED from a simulated session") : tr("IMPORTED");
    else if ((head.flags & FrameFlag::Replayed) != 0)
        origin = (head.flags & FrameFlag::Simulated) != 0 ? tr("REPLAY of a simulated session") : tr("REPLAY");
    else if ((head.flags & FrameFlag::Simulated) != 0)
        origin = tr("SIMULATED");
    std::vector<Fact> facts = {{tr("Frame"), tr("No. %1, %2").arg(countText(head.number), direction)},
                               {tr("Opcode"), head.opcode == Opcode::Text ? tr("text (1)") : tr("binary (2)")},
                               {tr("Source"), origin},
                               {tr("Connection"), tr("lane %1, attempt %2").arg(head.connection).arg(head.attempt)}};
    if (!m_source.endpoint.isEmpty()) {
        facts.push_back({tr("Endpoint"), visibleText(m_source.endpoint.left(longest)), true});
        facts.push_back({tr("State now"), phaseText(m_source.phase)});
        facts.push_back(
            {tr("Round trip"), m_source.roundTripNs < 0 ? tr("unknown") : durationText(m_source.roundTripNs)});
        facts.push_back({tr("Reconnects"), countText(m_source.reconnects)});
        facts.push_back(
            {tr("Last close"), m_source.closeCode == 0 ? tr("none yet") : QString::number(m_source.closeCode)});
    }
    m_connection->setFacts(std::move(facts));
}

} // namespace framescope
