#include "ui/mainwindow/sessionview.h"

#include "ui/audit/auditpane.h"
#include "ui/charts/chartspane.h"
#include "ui/common/widgets.h"
#include "ui/detail/detailpane.h"
#include "ui/detail/findingspane.h"
#include "ui/frames/commentdialog.h"
#include "ui/frames/findingsearch.h"
#include "ui/frames/framecache.h"
#include "ui/frames/framecolumns.h"
#include "ui/frames/frametablemodel.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/markbook.h"
#include "ui/frames/sessionribbon.h"
#include "ui/mainwindow/filterrow.h"
#include "ui/mainwindow/lowertabs.h"
#include "ui/mainwindow/windowmemory.h"
#include "ui/shapes/shapespane.h"
#include "ui/topics/topicspane.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace framescope {

namespace {

constexpr qint64 latestRefusedMs = 4'000;
constexpr int detailDelayMs = 20; // arrowing at key-repeat speed builds only the details that can be seen

QSplitter* splitter(Qt::Orientation orientation, const QString& name)
{
    auto* result = new QSplitter(orientation);
    result->setHandleWidth(8);
    result->setChildrenCollapsible(false);
    result->setAccessibleName(name);
    return result;
}

QFrame* sheetAround(QWidget* content)
{
    QFrame* sheet = panelFrame();
    auto* layout = new QVBoxLayout(sheet);
    layout->setContentsMargins(1, 1, 1, 3);
    layout->addWidget(content);
    return sheet;
}

} // namespace

SessionView::SessionView(QWidget* parent)
    : QWidget(parent)
    , m_cache(new FrameCache(this))
    , m_model(new FrameTableModel(m_cache, this))
    , m_search(new FindingSearch(m_cache, m_model, this))
    , m_filterRow(new FilterRow(m_model, this))
    , m_ribbon(new SessionRibbon(this))
    , m_table(new FrameTableView(m_model))
    , m_detail(new DetailPane(nullptr))
    , m_lower(new LowerTabs(m_cache))
    , m_export(new FrameExport(this))
    , m_marks(new MarkBook(this))
{
    m_detailDelay.setSingleShot(true);
    buildLayout();
    wire();
}

void SessionView::buildLayout()
{
    m_columns = splitter(Qt::Horizontal, tr("Table and detail"));
    m_columns->addWidget(sheetAround(m_table));
    m_columns->addWidget(sheetAround(m_detail));
    m_columns->setStretchFactor(0, 2);
    m_columns->setStretchFactor(1, 1);
    m_rows = splitter(Qt::Vertical, tr("Frames and charts"));
    m_rows->addWidget(m_columns);
    m_rows->addWidget(m_lower);
    m_rows->setStretchFactor(0, 3);
    m_rows->setStretchFactor(1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addWidget(m_filterRow);
    layout->addWidget(m_ribbon);
    layout->addWidget(m_rows, 1);
    layout->addWidget(m_export->bar());
    resetLayout();
}

void SessionView::wire()
{
    connect(&m_detailDelay, &QTimer::timeout, this, &SessionView::showCurrent);
    connect(m_table, &FrameTableView::currentFrameChanged, this, &SessionView::showCurrentSoon);
    connect(m_table, &FrameTableView::findingRequested, this, &SessionView::goToFinding);
    connect(m_table, &FrameTableView::markRequested, this, &SessionView::goToMark);
    connect(m_marks, &MarkBook::changed, this, &SessionView::showMarks);
    connect(m_marks, &MarkBook::refused, this, &SessionView::notice);
    connect(m_table, &FrameTableView::filterRequested, this, &SessionView::applyFilter);
    connect(m_table, &FrameTableView::filterFocusRequested, m_filterRow->line(), &FilterLine::focusLine);
    connect(m_filterRow->line(), &FilterLine::leaveRequested, m_table, qOverload<>(&QWidget::setFocus));
    connect(m_detail, &DetailPane::filterRequested, this, &SessionView::applyFilter);
    connect(m_detail, &DetailPane::nextSameRequested, this,
            [this](FindingId id) { m_search->start(m_table->currentNumber(), true, id); });
    connect(m_lower->findings(), &FindingsPane::filterRequested, this, &SessionView::applyFilter);
    connect(m_lower->audit(), &AuditPane::exported, this, &SessionView::exported);
    connect(m_lower->audit(), &AuditPane::frameActivated, this, &SessionView::goToNumber);
    connect(m_ribbon, &SessionRibbon::frameRequested, this, &SessionView::goToNumber);
    connect(m_search, &FindingSearch::found, this, &SessionView::goToNumber);
    connect(m_search, &FindingSearch::notFound, this, [this](bool forward) {
        Q_EMIT notice(m_search->isForTime() ? tr("No frame that is shown came before that moment.")
                      : forward             ? tr("No finding after this frame.")
                                            : tr("No finding before this frame."));
    });
    connect(m_cache, &FrameCache::loaded, this, &SessionView::showLoaded);
    connect(m_model, &FrameTableModel::countsChanged, this, &SessionView::showEmptyReason);
    connect(m_model, &FrameTableModel::countsChanged, this, &SessionView::showIncomplete);
    connect(m_export, &FrameExport::exported, this, &SessionView::exported);
    connect(m_filterRow, &FilterRow::foldRequested, this, &SessionView::foldRequested);
    connect(m_lower->shapes(), &ShapesPane::exported, this, &SessionView::exported);
    connect(m_lower->shapes(), &ShapesPane::frameActivated, this, &SessionView::goToNumber);
    TopicsPane* topics = m_lower->topics();
    connect(topics, &TopicsPane::exported, this, &SessionView::exported);
    connect(topics, &TopicsPane::filterRequested, this, &SessionView::applyFilter);
    connect(topics, &TopicsPane::gapActivated, this, [this](qint64 fromWallNs) {
        constexpr qint64 roundingNs = 999'999; // a gap that was read from a file begins at a whole millisecond
        m_search->startAtTime(fromWallNs + roundingNs);
    });
}

void SessionView::open(const QString& path)
{
    m_cache->open(path);
    m_model->restart();
    m_marks->restart();
    m_filterRow->line()->clearFilter();
    m_filterRow->setMetrics(nullptr);
    m_ribbon->clear();
    m_detail->clear();
    m_shownNumber = 0;
    m_sinceRefused.invalidate();
    m_heldMetrics.reset();
    m_heldNotifications.reset();
    m_lastSeq = 0;
    m_lower->charts()->setMetrics(nullptr);
    m_lower->findings()->setMetrics(nullptr);
    m_lower->setFindingCount(0);
    m_lower->audit()->open(path);
    m_lower->topics()->clear();
    m_lower->shapes()->open(path);
    m_lower->setTopicsOffered(false);
    useColumnsOf(false);
    m_detail->setClockOffset(std::nullopt);
    m_export->setSession(path);
    m_wasIncomplete = false;
    m_table->follow();
    showEmptyReason();
}

void SessionView::takeDelivery(const FrameFeed::Delivery& delivery)
{
    m_lastSeq = delivery.lastSeq;
    m_cache->append(delivery.batches);
    m_model->takeArrivals(delivery.batches);
    m_ribbon->addEvents(delivery.events);
    m_marks->takeEvents(delivery.events);
    if (m_model->isPaused())
        return;
    m_lower->audit()->append(delivery);
    showLatestRefused(delivery);
}

/// While nobody has selected a row, the detail explains the newest refusal: long enough each to be read.
void SessionView::showLatestRefused(const FrameFeed::Delivery& delivery)
{
    if (m_table->currentNumber() != 0 || (m_sinceRefused.isValid() && m_sinceRefused.elapsed() < latestRefusedMs))
        return;
    for (auto batch = delivery.batches.rbegin(); batch != delivery.batches.rend(); ++batch) {
        const std::vector<FrameHead>& heads = (*batch)->heads;
        for (std::size_t i = heads.size(); i-- > 0;) {
            if (heads[i].verdict != Verdict::Refused)
                continue;
            m_detail->showLatestRefused(Frame::fromBatch(**batch, i));
            m_sinceRefused.start();
            return;
        }
    }
}

void SessionView::takeExtent(quint64 frames, quint64 lastSeq)
{
    m_lastSeq = lastSeq;
    m_model->setFrameCount(frames);
    m_lower->audit()->showAll(lastSeq);
    showEmptyReason();
}

void SessionView::takeMetrics(const MetricsSnapshotPtr& metrics)
{
    if (m_model->isPaused()) {
        m_heldMetrics = metrics;
        return;
    }
    m_filterRow->setMetrics(metrics);
    m_ribbon->setMetrics(metrics);
    m_lower->charts()->setMetrics(metrics);
    m_lower->findings()->setMetrics(metrics);
    quint64 findings = 0;
    for (const quint64 count : metrics->findings)
        findings += count;
    m_lower->setFindingCount(findings);
}

void SessionView::takeEvents(const std::vector<AuditEvent>& events)
{
    m_ribbon->addEvents(events);
    m_ribbon->update();
}

void SessionView::takeSource(const SourceState& state)
{
    m_detail->setSource(state);
}

void SessionView::offerNotifications()
{
    m_lower->setTopicsOffered(true);
    useColumnsOf(true);
    m_model->setHasControl();
}

void SessionView::takeNotifications(const NotificationStatePtr& state, TopicsModel::Origin origin)
{
    if (m_model->isPaused()) {
        m_heldNotifications = state;
        m_heldOrigin = origin;
        return;
    }
    m_lower->topics()->setState(state, origin);
    m_detail->setClockOffset(state->clockOffsetNs);
}

void SessionView::setRunning(bool isRunning)
{
    m_lower->topics()->setRunning(isRunning);
    m_lower->shapes()->setRunning(isRunning);
}

void SessionView::setFolded(bool folded)
{
    m_model->setFolded(folded);
}

/// A filter that could not read everything says so once, beside the words that stay in the filter row.
void SessionView::showIncomplete()
{
    const bool isIncomplete = m_model->isIncomplete();
    if (isIncomplete && !m_wasIncomplete)
        Q_EMIT notice(tr("Not all frames could be read: a part of the session file is damaged or not written yet. What "
                         "is shown may lack some."));
    m_wasIncomplete = isIncomplete;
}

void SessionView::setPaused(bool paused)
{
    m_model->setPaused(paused);
    m_lower->shapes()->setPaused(paused);
    if (paused)
        return;
    m_lower->audit()->showAll(m_lastSeq);
    if (m_heldMetrics)
        takeMetrics(std::exchange(m_heldMetrics, nullptr));
    if (m_heldNotifications)
        takeNotifications(std::exchange(m_heldNotifications, nullptr), m_heldOrigin);
}

void SessionView::showEmptyReason()
{
    m_table->setEmptyText(m_filterRow->emptyReason());
}

void SessionView::applyFilter(const QString& expression)
{
    m_filterRow->line()->apply(expression);
}

void SessionView::goToFinding(bool forward)
{
    m_search->start(m_table->currentNumber(), forward);
}

void SessionView::goToMark(bool forward)
{
    if (const auto number = m_model->nextMark(m_table->currentNumber(), forward))
        goToNumber(*number);
    else
        Q_EMIT notice(m_marks->marks()->isEmpty() ? tr("No frame is marked.")
                      : m_model->isFiltered()     ? tr("No further mark that the filter shows.")
                      : forward                   ? tr("No mark after this frame.")
                                                  : tr("No mark before this frame."));
}

void SessionView::goToTime(qint64 wallNs)
{
    m_search->startAtTime(wallNs);
}

void SessionView::toggleMarks()
{
    const FrameSpans selected = m_table->selectedSpans();
    if (selected.empty())
        Q_EMIT notice(tr("Select the frames to mark first."));
    else
        m_marks->toggle(selected);
}

void SessionView::commentFrame()
{
    const quint64 number = m_table->currentNumber();
    if (number == 0) {
        Q_EMIT notice(tr("Select the frame to comment first."));
        return;
    }
    auto* dialog = new CommentDialog(number, QString::fromUtf8(m_marks->marks()->commentOf(number)), window());
    connect(dialog, &CommentDialog::written, m_marks, [this, number, path = m_cache->path()](const QString& text) {
        if (path == m_cache->path()) // not into another session that is open by now
            m_marks->comment(number, text);
    });
    dialog->show();
}

void SessionView::showMarks()
{
    m_model->setMarks(m_marks->marks());
    m_ribbon->setMarks(m_marks->marks());
    m_detail->setMarks(m_marks->marks());
}

void SessionView::goToNumber(quint64 number)
{
    m_jumpedNs = monotonicNs();
    m_table->selectNumber(number);
    m_jumpedNs = 0;
    if (m_model->showsNumber(number))
        return;
    Q_EMIT notice(m_model->isFiltered()
                      ? tr("That frame is hidden by the filter.")
                      : tr("That frame is a control message, or older than the rows that are kept here: View > "
                           "Heartbeats and control messages shows it."));
}

void SessionView::showCurrentSoon()
{
    m_askedNs = m_jumpedNs != 0 ? m_jumpedNs : monotonicNs();
    if (m_detailDelay.isActive())
        return;
    const qint64 since = m_sinceDetail.isValid() ? m_sinceDetail.elapsed() : detailDelayMs;
    m_detailDelay.start(int(std::clamp<qint64>(detailDelayMs - since, 0, detailDelayMs)));
}

void SessionView::showCurrent()
{
    const quint64 number = m_table->currentNumber();
    m_lower->shapes()->setSelectedFrame(number);
    if (number == 0 || (number == m_shownNumber && m_detailComplete))
        return;
    const FrameCache::Row row = m_cache->find(number);
    m_detailComplete = row.batch != nullptr;
    m_shownNumber = number;
    m_sinceDetail.start();
    if (row.batch) {
        m_detail->showFrame(Frame::fromBatch(*row.batch, row.index));
        m_ribbon->setCurrentWallNs(row.head()->wallNs);
    } else {
        m_detail->showLoading(number);
    }
}

void SessionView::showLoaded(quint64 first, quint64 last)
{
    if (m_shownNumber != 0 && !m_detailComplete && m_shownNumber >= first && m_shownNumber <= last)
        showCurrent();
}

/// What is built now is painted with the window's next update.
bool SessionView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::UpdateRequest && watched == window() && m_askedNs != 0 && m_detailComplete &&
        m_shownNumber == m_table->currentNumber())
        QMetaObject::invokeMethod(this, &SessionView::noteDetailPainted, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void SessionView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    window()->installEventFilter(this); // once, however often
}

void SessionView::noteDetailPainted()
{
    if (m_askedNs != 0)
        m_detailTimes.add(monotonicNs() - std::exchange(m_askedNs, 0));
}

void SessionView::nextPane(bool forward)
{
    QWidget* const panes[] = {m_table, m_detail, m_lower, m_filterRow->line()};
    constexpr int count = int(std::size(panes));
    const QWidget* focused = focusWidget();
    int current = forward ? -1 : 0;
    for (int i = 0; i < count; ++i) {
        if (focused && (panes[i] == focused || panes[i]->isAncestorOf(focused)))
            current = i;
    }
    const int next = (current + (forward ? 1 : count - 1)) % count;
    if (panes[next] == m_lower) {
        m_lower->focusCurrent();
    } else if (panes[next] == m_detail) {
        if (QWidget* child = m_detail->findChild<QTabBar*>())
            child->setFocus(Qt::OtherFocusReason);
    } else {
        panes[next]->setFocus(Qt::OtherFocusReason);
    }
}

void SessionView::saveLayout() const
{
    WindowMemory::setState(QStringLiteral("columns"), m_columns->saveState());
    WindowMemory::setState(QStringLiteral("rows"), m_rows->saveState());
    WindowMemory::setState(columnsKey(), m_table->columns()->state());
}

void SessionView::restoreLayout()
{
    m_columns->restoreState(WindowMemory::state(QStringLiteral("columns")));
    m_rows->restoreState(WindowMemory::state(QStringLiteral("rows")));
    m_table->columns()->restore(WindowMemory::state(columnsKey()));
}

void SessionView::resetLayout()
{
    m_columns->setSizes({952, 456});
    m_rows->setSizes({480, 218});
    m_table->columns()->reset(m_columnsOfTopics);
}

/// Another name with another set of columns: an old state does not fit. Empty where nobody set them (FrameColumns).
QString SessionView::columnsKey() const
{
    return m_columnsOfTopics ? QStringLiteral("columns-13-topics") : QStringLiteral("columns-13");
}

void SessionView::useColumnsOf(bool topics)
{
    if (topics == m_columnsOfTopics)
        return;
    WindowMemory::setState(columnsKey(), m_table->columns()->state());
    m_columnsOfTopics = topics;
    m_table->columns()->reset(topics);
    m_table->columns()->restore(WindowMemory::state(columnsKey()));
}

} // namespace framescope
