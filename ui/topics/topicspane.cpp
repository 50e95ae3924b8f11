#include "ui/topics/topicspane.h"

#include "ui/common/exportbar.h"
#include "ui/common/fileexport.h"
#include "ui/common/numbers.h"
#include "ui/common/widgets.h"
#include "ui/topics/csvtable.h"
#include "ui/topics/gapmodel.h"
#include "ui/topics/lanedelegate.h"
#include "ui/topics/lanemodel.h"
#include "ui/topics/lanewords.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QJsonObject>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTableView>

namespace framescope {

namespace {

constexpr int secondMs = 1'000;
constexpr const char* exportNames[] = {"topics", "channels", "topic-gaps"}; // by TopicsPane::Part

/// Frames of one topic; of a combined one ("prefix?a&b"), those that name what its parts have in common.
QString topicFilter(const QByteArray& topic)
{
    const QString name = QString::fromUtf8(topic);
    const qsizetype mark = name.indexOf(QLatin1Char('?'));
    return mark < 0 ? QStringLiteral("msg.topic == \"%1\"").arg(name) : QStringLiteral("\"%1\"").arg(name.left(mark));
}

void setWidths(QTableView* table, std::initializer_list<int> widths)
{
    int column = 0;
    for (const int width : widths)
        table->horizontalHeader()->resizeSection(column++, width);
    table->horizontalHeader()->setStretchLastSection(true);
}

void setLook(QTableView* table, int column, int severityRole, RowDelegate::Look look, bool isTinted)
{
    auto* delegate = new RowDelegate(severityRole, look, table);
    delegate->setTinted(isTinted);
    table->setItemDelegateForColumn(column, delegate);
}

} // namespace

TopicsPane::TopicsPane(QWidget* parent)
    : QWidget(parent)
    , m_topics(new TopicsModel(this))
    , m_lanes(new LaneModel(this))
    , m_gaps(new GapModel(this))
    , m_topicTable(new QTableView)
    , m_laneTable(new QTableView)
    , m_gapTable(new QTableView)
    , m_pages(new QStackedWidget)
    , m_parts{chipButton(), chipButton(), chipButton()}
    , m_filter(new QLineEdit)
    , m_count(secondaryLabel())
    , m_gauges(secondaryLabel())
    , m_copy(new QPushButton(tr("Copy")))
    , m_exportButton(new QPushButton(tr("Export CSV…")))
    , m_exportBar(new ExportBar)
    , m_export(new FileExport(this))
{
    setUpTables();
    for (QTableView* table : {m_topicTable, m_laneTable, m_gapTable})
        m_pages->addWidget(table);
    m_gauges->setWordWrap(true);
    m_gauges->setContentsMargins(12, 0, 12, 5);
    m_gauges->setAccessibleName(tr("Limits"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildBar());
    column->addWidget(m_gauges);
    column->addWidget(m_pages, 1);
    column->addWidget(m_exportBar);
    m_second.setInterval(secondMs);
    wire();
    clear();
}

TopicsPane::~TopicsPane() = default;

void TopicsPane::setUpTables()
{
    for (QTableView* table : {m_topicTable, m_laneTable, m_gapTable})
        setUpRowTable(table);
    m_topicTable->setModel(m_topics);
    m_topicTable->setAccessibleName(tr("Topics"));
    for (int column = 0; column < TopicsModel::ColumnCount; ++column) {
        const RowDelegate::Look look = column == TopicsModel::TopicColumn   ? RowDelegate::Look::Fixed
                                       : column == TopicsModel::StateColumn ? RowDelegate::Look::Severity
                                                                            : RowDelegate::Look::Plain;
        setLook(m_topicTable, column, TopicsModel::SeverityRole, look, true);
    }
    m_topicTable->horizontalHeader()->setSectionsClickable(true);
    m_topicTable->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_topicTable->setSortingEnabled(true);
    setWidths(m_topicTable, {500, 66, 100, 296, 144, 122, 96, 60});

    m_laneTable->setModel(m_lanes);
    m_laneTable->setAccessibleName(tr("Channels"));
    m_laneTable->setItemDelegate(new LaneDelegate(m_laneTable));
    setWidths(m_laneTable, {70, 170, 110, 200, 100, 110, 130, 120, 200});

    m_gapTable->setModel(m_gaps);
    m_gapTable->setAccessibleName(tr("Gap ledger"));
    for (int column = 0; column < GapModel::ColumnCount; ++column) {
        const bool isTime = column == GapModel::FromColumn || column == GapModel::ToColumn;
        const RowDelegate::Look look = isTime || column == GapModel::TopicColumn ? RowDelegate::Look::Fixed
                                       : column == GapModel::LossColumn          ? RowDelegate::Look::Severity
                                                                                 : RowDelegate::Look::Plain;
        setLook(m_gapTable, column, GapModel::SeverityRole, look, false);
    }
    setWidths(m_gapTable, {195, 195, 90, 430, 70, 300, 110});
}

QWidget* TopicsPane::buildBar()
{
    auto* group = new QButtonGroup(this);
    const QString tips[] = {tr("What is subscribed, and what came of it"),
                            tr("Connections to the service: heartbeats, countdowns, what comes next"),
                            tr("Intervals in which events may be missing")};
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    for (int part = 0; part < 3; ++part) {
        m_parts[part]->setCheckable(true);
        m_parts[part]->setToolTip(tips[part]);
        group->addButton(m_parts[part], part);
        row->addWidget(m_parts[part]);
    }
    m_parts[TopicsPart]->setChecked(true);
    m_filter->setPlaceholderText(tr("Filter by topic, state or reason"));
    m_filter->setAccessibleName(tr("Filter the topics"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(150);
    m_filter->setMaximumWidth(360);
    m_copy->setToolTip(tr("Copies the rows that are shown"));
    m_exportButton->setToolTip(tr("Writes this table as a CSV file"));
    row->addWidget(m_filter, 1);
    row->addStretch();
    row->addWidget(m_count);
    row->addWidget(m_copy);
    row->addWidget(m_exportButton);
    connect(group, &QButtonGroup::idClicked, this, [this](int part) { showPart(Part(part)); });
    return bar;
}

void TopicsPane::wire()
{
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_topics->setFilter(text.trimmed());
        showCounts();
    });
    connect(m_topicTable, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const TopicStatus* topic = m_topics->topicAt(index.row()))
            Q_EMIT filterRequested(topicFilter(topic->id));
    });
    connect(m_gapTable, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const TopicGapEntry* gap = m_gaps->gapAt(index.row()); gap && gap->fromWallNs > 0)
            Q_EMIT gapActivated(gap->fromWallNs);
    });
    connect(&m_second, &QTimer::timeout, this, &TopicsPane::tick);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(shownText()); });
    connect(m_exportButton, &QPushButton::clicked, this, &TopicsPane::chooseExport);
    connect(m_export, &FileExport::progressed, m_exportBar, &ExportBar::showProgress);
    connect(m_export, &FileExport::finished, this, &TopicsPane::finishExport);
    connect(m_exportBar, &ExportBar::cancelRequested, m_export, &FileExport::cancel);
}

void TopicsPane::clear()
{
    setState(nullptr);
    setRunning(false);
    m_filter->clear();
    showPart(TopicsPart);
    if (!m_export->isRunning())
        m_exportBar->hide();
}

void TopicsPane::setState(const NotificationStatePtr& state, TopicsModel::Origin origin)
{
    m_state = state;
    m_origin = origin;
    const Instant moment = now();
    m_topics->setState(state, origin);
    m_lanes->setState(state);
    m_gaps->setState(state);
    m_topics->setNow(moment);
    m_lanes->setNow(moment);
    using Origin = TopicsModel::Origin;
    m_gauges->setText(!state                   ? tr("No channel yet.")
                      : origin == Origin::Live ? gaugesText(*state, moment)
                      : origin == Origin::Replayed
                          ? tr("From the replay: topics as its frames name them, gaps as the audit log has them; "
                               "channels are live only.")
                      : origin == Origin::ReplayedInPart
                          ? tr("From the replay: frames skipped the view, so that topics may be missing and events are "
                               "not counted; gaps as the audit log has them; channels are live only.")
                      : origin == Origin::Recorded
                          ? tr("From the session file: topics and gaps as the audit log has them, events as its frames "
                               "name them; channels are live only.")
                          : tr("From the session file: topics and gaps as the audit log has them; events are counted "
                               "when all frames are read; channels are live only."));
    showCounts();
}

void TopicsPane::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    updateTicking();
}

void TopicsPane::showPart(Part part)
{
    m_parts[part]->setChecked(true);
    m_pages->setCurrentIndex(part);
    m_filter->setEnabled(part == TopicsPart);
    m_gauges->setVisible(part == LanesPart); // the topics need the room
    showCounts();
    setFocusProxy(currentTable());
}

TopicsPane::Part TopicsPane::currentPart() const
{
    return Part(m_pages->currentIndex());
}

QTableView* TopicsPane::currentTable() const
{
    return static_cast<QTableView*>(m_pages->currentWidget());
}

void TopicsPane::tick()
{
    const Instant moment = now();
    m_topics->setNow(moment);
    m_lanes->setNow(moment);
    if (m_state && m_origin == TopicsModel::Origin::Live)
        m_gauges->setText(gaugesText(*m_state, moment));
}

void TopicsPane::updateTicking()
{
    if (!m_isRunning || !isVisible()) {
        m_second.stop();
        return;
    }
    tick();
    m_second.start();
}

void TopicsPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    updateTicking();
}

void TopicsPane::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_second.stop();
}

void TopicsPane::showCounts()
{
    m_parts[TopicsPart]->setText(tr("Topics %1").arg(countText(quint64(m_topics->topicCount()))));
    m_parts[LanesPart]->setText(tr("Channels %1").arg(countText(quint64(m_lanes->rowCount()))));
    m_parts[GapsPart]->setText(tr("Gaps %1").arg(countText(m_gaps->gapCount())));
    QString words;
    if (currentPart() == GapsPart && m_state && m_gaps->gapCount() == 0)
        words = tr("✓ No gaps so far");
    else if (m_topics->rowCount() != m_topics->topicCount())
        words = tr("%1 of %2 topics")
                    .arg(countText(quint64(m_topics->rowCount())), countText(quint64(m_topics->topicCount())));
    else if (m_gaps->gapCount() > quint64(m_gaps->rowCount()))
        words = tr("newest %1 gaps; the audit log has all").arg(countText(quint64(m_gaps->rowCount())));
    m_count->setText(words);
    m_copy->setEnabled(m_state != nullptr);
    m_exportButton->setEnabled(m_state && !m_export->isRunning());
}

QString TopicsPane::shownText() const
{
    const QAbstractItemModel* model = currentTable()->model();
    QStringList lines;
    QStringList cells;
    for (int column = 0; column < model->columnCount(); ++column)
        cells += model->headerData(column, Qt::Horizontal).toString();
    lines += cells.join(QLatin1Char('\t'));
    for (int row = 0; row < model->rowCount(); ++row) {
        cells.clear();
        for (int column = 0; column < model->columnCount(); ++column)
            cells += model->index(row, column).data().toString();
        lines += cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

void TopicsPane::chooseExport()
{
    if (!m_state || m_export->isRunning())
        return;
    const QString titles[] = {tr("Export the topics"), tr("Export the channels"), tr("Export the gap ledger")};
    auto* dialog = new QFileDialog(this, titles[currentPart()]);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Comma-separated values (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QLatin1String(exportNames[currentPart()]) + QLatin1String(".csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &TopicsPane::exportTo);
    dialog->open();
}

void TopicsPane::exportTo(const QString& path)
{
    if (!m_state || m_export->isRunning() || path.isEmpty())
        return;
    const Part part = currentPart();
    m_exportPath = path;
    m_exportWhat = exportNames[part];
    m_exportBar->showStarted(path);
    const bool isCounted = m_origin == TopicsModel::Origin::Live || m_origin == TopicsModel::Origin::Replayed;
    m_export->start([state = m_state, part, isCounted, path, moment = now()](const ExportProgress&) {
        const CsvTable table = part == GapsPart    ? gapsCsv(*state)
                               : part == LanesPart ? lanesCsv(*state, moment)
                                                   : topicsCsv(*state, isCounted);
        return table.writeTo(path);
    });
    showCounts();
}

void TopicsPane::finishExport()
{
    const Expected<ExportResult>& result = m_export->result();
    m_exportBar->showResult(m_exportPath, result);
    showCounts();
    if (!result)
        return;
    const QJsonObject detail{{QStringLiteral("rows"), qint64(result->rows)},
                             {QStringLiteral("bytes"), result->bytes},
                             {QStringLiteral("sha256"), QString::fromLatin1(result->sha256Hex)},
                             {QStringLiteral("what"), QString::fromLatin1(m_exportWhat)},
                             {QStringLiteral("format"), QStringLiteral("csv")}};
    Q_EMIT exported(auditEvent(AuditAction::Exported, Severity::Note, m_exportPath, detail));
}

} // namespace framescope
