#include "ui/audit/auditpane.h"

#include "ui/audit/auditmodel.h"
#include "ui/audit/auditreader.h"
#include "ui/audit/verifybar.h"
#include "ui/common/exportbar.h"
#include "ui/common/fileexport.h"
#include "ui/common/numbers.h"
#include "ui/common/widgets.h"
#include "ui/detail/rowtable.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>

namespace framescope {

namespace {
constexpr int filterDelayMs = 200;
}

AuditPane::AuditPane(FrameCache* cache, QWidget* parent)
    : QWidget(parent)
    , m_model(new AuditModel(cache, this))
    , m_table(new QTableView)
    , m_lifeCycle(chipButton(tr("Life cycle")))
    , m_all(chipButton(tr("All entries")))
    , m_filter(new QLineEdit)
    , m_severity(new QComboBox)
    , m_count(secondaryLabel())
    , m_verifyButton(new QPushButton(tr("Verify")))
    , m_exportButton(new QPushButton(tr("Export CSV…")))
    , m_verifyBar(new VerifyBar)
    , m_exportBar(new ExportBar)
    , m_export(new FileExport(this))
{
    setUpTable();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildBar());
    column->addWidget(m_table, 1);
    column->addWidget(m_verifyBar);
    column->addWidget(m_exportBar);

    connect(m_model, &AuditModel::countsChanged, this, &AuditPane::showCounts);
    for (const auto signal : {&AuditModel::rowsInserted, &AuditModel::rowsRemoved})
        connect(m_model, signal, this, &AuditPane::follow);
    connect(m_model, &AuditModel::modelReset, this, &AuditPane::follow);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const quint64 frame = m_model->frameAt(index.row()); frame > 0)
            Q_EMIT frameActivated(frame);
    });
    // The end of the bar means follow; anything else that a person scrolls to means hold.
    connect(m_table->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar* bar = m_table->verticalScrollBar();
        setFollowing(bar->sliderPosition() >= bar->maximum());
        if (!m_isFollowing && bar->sliderPosition() == bar->minimum())
            showOlder();
    });
    connect(m_table, &QTableView::pressed, this,
            [this](const QModelIndex& index) { setFollowing(index.row() == m_model->rowCount() - 1); });
    m_table->installEventFilter(this);
    connect(m_export, &FileExport::progressed, m_exportBar, &ExportBar::showProgress);
    connect(m_export, &FileExport::finished, this, [this] {
        const Expected<ExportResult>& result = m_export->result();
        m_exportButton->setEnabled(!m_sessionPath.isEmpty());
        m_exportBar->showResult(m_exportPath, result);
        if (!result)
            return;
        const QJsonObject detail{{QStringLiteral("rows"), qint64(result->rows)},
                                 {QStringLiteral("bytes"), result->bytes},
                                 {QStringLiteral("sha256"), QString::fromLatin1(result->sha256Hex)},
                                 {QStringLiteral("what"), QStringLiteral("audit")},
                                 {QStringLiteral("format"), QStringLiteral("csv")}};
        Q_EMIT exported(auditEvent(AuditAction::Exported, Severity::Note, m_exportPath, detail));
    });
    connect(m_exportBar, &ExportBar::cancelRequested, m_export, &FileExport::cancel);
    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(filterDelayMs);
    connect(&m_filterDelay, &QTimer::timeout, this, &AuditPane::applyFilter);
    setFocusProxy(m_table);
    open({});
}

AuditPane::~AuditPane() = default;

QWidget* AuditPane::buildBar()
{
    auto* modes = new QButtonGroup(this);
    for (QPushButton* button : {m_lifeCycle, m_all}) {
        button->setCheckable(true);
        modes->addButton(button);
    }
    m_lifeCycle->setChecked(true);
    m_lifeCycle->setToolTip(tr("Sign-in, connections, breaker, exports: everything beside the frames"));
    m_all->setToolTip(tr("Frames and events by audit number, without holes"));
    connect(m_all, &QPushButton::toggled, this, [this](bool isAll) {
        setFollowing(true);
        m_model->setMode(isAll ? AuditModel::Mode::AllEntries : AuditModel::Mode::LifeCycle);
    });

    m_filter->setPlaceholderText(tr("Filter by action, object or detail"));
    m_filter->setAccessibleName(tr("Filter the audit log"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(150);
    m_filter->setMaximumWidth(360);
    connect(m_filter, &QLineEdit::textChanged, &m_filterDelay, QOverload<>::of(&QTimer::start));
    connect(m_filter, &QLineEdit::returnPressed, this, &AuditPane::applyFilter);
    m_severity->addItem(tr("All severities"), int(Severity::Note));
    m_severity->addItem(tr("Warnings and errors"), int(Severity::Warning));
    m_severity->addItem(tr("Errors only"), int(Severity::Error));
    m_severity->setAccessibleName(tr("Least severity"));
    connect(m_severity, &QComboBox::currentIndexChanged, this, &AuditPane::applyFilter);
    m_exportButton->setToolTip(tr("Writes all entries of the session, frames and events, as a CSV file"));
    connect(m_exportButton, &QPushButton::clicked, this, &AuditPane::exportCsv);
    m_verifyButton->setToolTip(tr("Checks that nobody changed, removed or added anything since it was recorded"));
    connect(m_verifyButton, &QPushButton::clicked, this, &AuditPane::verify);
    connect(m_verifyBar, &VerifyBar::finished, this, [this] { m_verifyButton->setEnabled(!m_sessionPath.isEmpty()); });

    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    row->addWidget(m_lifeCycle);
    row->addWidget(m_all);
    row->addWidget(m_filter, 1);
    row->addWidget(m_severity);
    row->addStretch();
    row->addWidget(m_count);
    row->addWidget(m_verifyButton);
    row->addWidget(m_exportButton);
    return bar;
}

void AuditPane::setUpTable()
{
    m_table->setModel(m_model);
    setUpRowTable(m_table);
    m_table->setAccessibleName(tr("Audit log"));
    const std::pair<int, RowDelegate::Look> looks[] = {{AuditModel::SeqColumn, RowDelegate::Look::Secondary},
                                                       {AuditModel::TimeColumn, RowDelegate::Look::Fixed},
                                                       {AuditModel::SeverityColumn, RowDelegate::Look::Severity},
                                                       {AuditModel::ActionColumn, RowDelegate::Look::Plain},
                                                       {AuditModel::ObjectColumn, RowDelegate::Look::Plain},
                                                       {AuditModel::DetailColumn, RowDelegate::Look::Secondary}};
    for (const auto& [columnIndex, look] : looks) {
        auto* delegate = new RowDelegate(AuditModel::SeverityRole, look, m_table);
        delegate->setTinted(true);
        m_table->setItemDelegateForColumn(columnIndex, delegate);
    }
    QHeaderView* header = m_table->horizontalHeader();
    header->resizeSection(AuditModel::SeqColumn, 90);
    header->resizeSection(AuditModel::TimeColumn, 190);
    header->resizeSection(AuditModel::SeverityColumn, 90);
    header->resizeSection(AuditModel::ActionColumn, 190);
    header->resizeSection(AuditModel::ObjectColumn, 240);
    header->setStretchLastSection(true);
}

void AuditPane::open(const QString& sessionPath)
{
    m_sessionPath = sessionPath;
    setFollowing(true);
    m_exportButton->setEnabled(!sessionPath.isEmpty() && !m_export->isRunning());
    m_verifyButton->setEnabled(!sessionPath.isEmpty() && !m_verifyBar->isRunning());
    if (!m_verifyBar->isRunning())
        m_verifyBar->hide();
    if (!m_export->isRunning())
        m_exportBar->hide();
    m_model->open(sessionPath);
}

void AuditPane::append(const FrameFeed::Delivery& delivery)
{
    m_model->append(delivery);
}

void AuditPane::showAll(quint64 lastSeq)
{
    m_model->setLastSeq(lastSeq);
}

void AuditPane::applyFilter()
{
    m_filterDelay.stop();
    setFollowing(true);
    m_model->setFilter({m_filter->text().trimmed(), Severity(m_severity->currentData().toInt())});
}

void AuditPane::showCounts()
{
    const quint64 all = m_model->mode() == AuditModel::Mode::LifeCycle ? m_model->eventCount() : m_model->lastSeq();
    const auto shown = quint64(m_model->rowCount());
    QString text = tr("%1 entries").arg(countText(all));
    if (shown != all)
        text = tr("%1 of %2 entries").arg(countText(shown), countText(all));
    if (m_model->isSearching())
        text += tr(", searching …");
    else if (m_model->isCut())
        text += tr(", only the newest %1 matches are kept").arg(countText(AuditReader::matchLimit));
    m_count->setText(text);
}

void AuditPane::setFollowing(bool following)
{
    m_isFollowing = following;
    m_model->setHeld(!following);
}

void AuditPane::showOlder()
{
    if (const int row = m_model->showOlder(); row >= 0) {
        const QModelIndex index = m_model->index(row, 0);
        m_table->setCurrentIndex(index);
        m_table->scrollTo(index, QAbstractItemView::PositionAtTop);
    }
}

bool AuditPane::eventFilter(QObject* watched, QEvent* event)
{
    return (watched == m_table && event->type() == QEvent::KeyPress &&
            takeKey(static_cast<QKeyEvent*>(event)->key())) ||
           QWidget::eventFilter(watched, event);
}

/// Home means the log's beginning and End its end, not those of the rows that happen to be there; who goes up by keys
/// reads, and is not to be taken to the end by what comes.
bool AuditPane::takeKey(int key)
{
    switch (key) {
    case Qt::Key_Home:
        setFollowing(false);
        m_model->showFirst();
        m_table->setCurrentIndex(m_model->index(0, 0));
        return true;
    case Qt::Key_End:
        setFollowing(true);
        m_table->setCurrentIndex(m_model->index(m_model->rowCount() - 1, 0));
        follow();
        return true;
    case Qt::Key_Up:
    case Qt::Key_PageUp:
        setFollowing(false);
        if (m_table->currentIndex().row() == 0)
            showOlder();
        return false;
    default:
        return false;
    }
}

void AuditPane::follow()
{
    if (m_isFollowing)
        m_table->scrollToBottom();
}

void AuditPane::exportCsv()
{
    if (m_sessionPath.isEmpty() || m_export->isRunning())
        return;
    auto* dialog = new QFileDialog(this, tr("Export the audit log"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Comma-separated values (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QFileInfo(m_sessionPath).completeBaseName() + QStringLiteral("-audit.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &AuditPane::exportTo);
    dialog->open();
}

void AuditPane::verify()
{
    if (m_sessionPath.isEmpty() || m_verifyBar->isRunning())
        return;
    m_verifyButton->setEnabled(false);
    m_verifyBar->start(m_sessionPath);
}

void AuditPane::exportTo(const QString& path)
{
    if (m_sessionPath.isEmpty() || m_export->isRunning() || path.isEmpty())
        return;
    m_exportPath = path;
    m_exportButton->setEnabled(false);
    m_exportBar->showStarted(path);
    ExportRequest request;
    request.sessionPath = m_sessionPath;
    request.what = ExportWhat::Audit;
    request.format = ExportFormat::Csv;
    m_export->start(path, request);
}

} // namespace framescope
