#include "ui/shapes/shapespane.h"

#include "ui/common/errorwords.h"
#include "ui/common/exportbar.h"
#include "ui/common/fileexport.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"
#include "ui/shapes/shapedelegate.h"
#include "ui/shapes/shapepathsmodel.h"
#include "ui/shapes/shapereader.h"
#include "ui/shapes/shapescsv.h"
#include "ui/shapes/shapetypesmodel.h"
#include "ui/shapes/shapewords.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QJsonObject>
#include <QLineEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QThread>

namespace framescope {

namespace {
constexpr int refreshMs = 2'000;
constexpr int saidMs = 2'000;
} // namespace

ShapesPane::ShapesPane(QWidget* parent)
    : QWidget(parent)
    , m_types(new ShapeTypesModel(this))
    , m_paths(new ShapePathsModel(this))
    , m_typeTable(new QTableView)
    , m_pathTable(new QTableView)
    , m_tables(new QSplitter(Qt::Horizontal))
    , m_empty(secondaryLabel())
    , m_pages(new QStackedWidget)
    , m_since(new QLineEdit)
    , m_sinceSelected(new QPushButton)
    , m_compare(new QPushButton)
    , m_onlyChanged(chipButton())
    , m_copy(new QPushButton(tr("Copy proposed schema")))
    , m_exportButton(new QPushButton(tr("Export CSV…")))
    , m_summary(secondaryLabel())
    , m_exportBar(new ExportBar)
    , m_export(new FileExport(this))
    , m_thread(new QThread(this))
    , m_reader(new ShapeReader)
{
    qRegisterMetaType<ShapeResultPtr>();
    setUpTables();
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_tables);
    m_summary->setContentsMargins(12, 0, 12, 5);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_summary->setAccessibleName(tr("What was read"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildBar());
    column->addWidget(m_summary);
    column->addWidget(m_pages, 1);
    column->addWidget(m_exportBar);
    m_tick.setInterval(refreshMs);
    m_reader->moveToThread(m_thread);
    m_thread->setObjectName(QStringLiteral("shapes"));
    wire();
    m_thread->start();
    setFocusProxy(m_typeTable);
    showWords();
}

ShapesPane::~ShapesPane()
{
    m_reader->cancelBelow(++m_ticket);
    m_thread->quit();
    m_thread->wait();
}

void ShapesPane::setUpTables()
{
    for (QTableView* table : {m_typeTable, m_pathTable}) {
        setUpRowTable(table);
        m_tables->addWidget(table);
    }
    m_tables->setHandleWidth(1);
    m_tables->setChildrenCollapsible(false);
    m_tables->setStretchFactor(0, 0);
    m_tables->setStretchFactor(1, 1);
    m_tables->setSizes({420, 1000});
    m_typeTable->setModel(m_types);
    m_typeTable->setAccessibleName(tr("Message types"));
    const auto look = [](QTableView* table, int column, RowDelegate::Look kind) {
        auto* delegate = new RowDelegate(ShapeTypesModel::SeverityRole, kind, table);
        delegate->setTinted(true);
        table->setItemDelegateForColumn(column, delegate);
    };
    for (int column = 0; column < ShapeTypesModel::ColumnCount; ++column)
        look(m_typeTable, column,
             column == ShapeTypesModel::ChangesColumn ? RowDelegate::Look::Severity : RowDelegate::Look::Plain);
    m_typeTable->horizontalHeader()->setSectionResizeMode(ShapeTypesModel::TypeColumn, QHeaderView::Stretch);
    m_typeTable->horizontalHeader()->resizeSection(ShapeTypesModel::FramesColumn, 76);
    m_typeTable->horizontalHeader()->resizeSection(ShapeTypesModel::PathsColumn, 60);
    m_typeTable->horizontalHeader()->resizeSection(ShapeTypesModel::ChangesColumn, 80);

    m_pathTable->setModel(m_paths);
    m_pathTable->setAccessibleName(tr("Paths"));
    look(m_pathTable, ShapePathsModel::PathColumn, RowDelegate::Look::Fixed);
    look(m_pathTable, ShapePathsModel::KindsColumn, RowDelegate::Look::Plain);
    look(m_pathTable, ShapePathsModel::ChangeColumn, RowDelegate::Look::Severity);
    m_pathTable->setItemDelegate(new ShapeDelegate(m_pathTable));
    int column = 0;
    for (const int width : {310, 128, 124, 92, 92})
        m_pathTable->horizontalHeader()->resizeSection(column++, width);
    m_pathTable->horizontalHeader()->setStretchLastSection(true);
}

QWidget* ShapesPane::buildBar()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    m_since->setPlaceholderText(tr("Changes since frame or time (UTC)"));
    m_since->setAccessibleName(tr("Show what changed since this frame number or time"));
    m_since->setToolTip(tr("A frame number, a time such as 20:15:07, or 2026-11-24T20:15:07Z. Enter compares."));
    m_since->setClearButtonEnabled(true);
    m_since->setMinimumWidth(120);
    m_since->setMaximumWidth(270);
    m_sinceSelected->setToolTip(tr("Compares what came before the frame that is selected in the table with the rest"));
    m_compare->setToolTip(tr("Compares with an earlier session file"));
    m_onlyChanged->setCheckable(true);
    m_onlyChanged->setToolTip(tr("Show only paths that changed"));
    m_copy->setToolTip(tr("Copies a JSON Schema (draft-07) that accepts every message of this type seen so far"));
    m_exportButton->setToolTip(tr("Writes all types and paths as a CSV file"));
    row->addWidget(m_since, 1);
    row->addWidget(m_sinceSelected);
    row->addWidget(m_compare);
    row->addWidget(m_onlyChanged);
    row->addStretch();
    row->addWidget(m_copy);
    row->addWidget(m_exportButton);
    return bar;
}

void ShapesPane::wire()
{
    connect(m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    connect(m_reader, &ShapeReader::finished, this, &ShapesPane::take);
    connect(m_reader, &ShapeReader::progressed, this, &ShapesPane::showProgress);
    connect(&m_tick, &QTimer::timeout, this, &ShapesPane::ask);
    connect(m_since, &QLineEdit::returnPressed, this, [this] { compareSince(m_since->text().trimmed()); });
    connect(m_since, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty() && !m_request.since.isEmpty())
            compareSince({});
    });
    connect(m_sinceSelected, &QPushButton::clicked, this, [this] { compareSince(QString::number(m_selectedFrame)); });
    connect(m_compare, &QPushButton::clicked, this, [this] {
        if (m_request.comparedTo.isEmpty())
            chooseComparison();
        else
            compareTo({});
    });
    connect(m_onlyChanged, &QPushButton::toggled, m_paths, &ShapePathsModel::setOnlyChanged);
    connect(m_typeTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid() && m_types->typeAt(now.row()) != m_type) {
                    m_type = m_types->typeAt(now.row());
                    showType();
                }
            });
    const auto go = [this](const QModelIndex& index) {
        if (const quint64 frame = m_paths->frameAt(index))
            Q_EMIT frameActivated(frame);
    };
    connect(m_pathTable, &QTableView::activated, this, go);
    connect(m_pathTable, &QTableView::clicked, this, [go](const QModelIndex& index) {
        if (index.column() == ShapePathsModel::FirstColumn || index.column() == ShapePathsModel::LastColumn)
            go(index);
    });
    connect(m_copy, &QPushButton::clicked, this, &ShapesPane::copySchema);
    connect(m_exportButton, &QPushButton::clicked, this, &ShapesPane::chooseExport);
    connect(m_export, &FileExport::progressed, m_exportBar, &ExportBar::showProgress);
    connect(m_export, &FileExport::finished, this, &ShapesPane::finishExport);
    connect(m_exportBar, &ExportBar::cancelRequested, m_export, &FileExport::cancel);
}

void ShapesPane::open(const QString& sessionPath)
{
    m_request = {};
    m_request.path = sessionPath;
    m_since->clear();
    m_type.clear();
    m_selectedFrame = 0;
    m_isRunning = m_isPaused = false;
    m_onlyChanged->setChecked(false);
    if (!m_export->isRunning())
        m_exportBar->hide();
    askAnew();
}

void ShapesPane::setRunning(bool isRunning)
{
    m_isStale = true; // the last frames have come
    m_isRunning = isRunning;
    updateTicking();
}

void ShapesPane::setPaused(bool paused)
{
    m_isPaused = paused;
    updateTicking();
}

void ShapesPane::setSelectedFrame(quint64 number)
{
    m_selectedFrame = number;
    showWords();
}

void ShapesPane::compareSince(const QString& point)
{
    m_request.since = point;
    m_request.comparedTo.clear();
    m_since->setText(point);
    askAnew();
}

void ShapesPane::compareTo(const QString& path)
{
    m_request.comparedTo = path;
    m_request.since.clear();
    m_since->clear();
    askAnew();
}

/// What is shown belongs to another question: it goes, and whoever still reads for it ends.
void ShapesPane::askAnew()
{
    m_reader->cancelBelow(++m_ticket);
    m_result.reset();
    m_types->setResult(nullptr);
    m_paths->setResult(nullptr, {});
    m_isReading = false;
    m_isStale = true;
    m_tick.stop(); // at once
    updateTicking();
    showWords();
}

void ShapesPane::ask()
{
    if (m_isReading || m_request.path.isEmpty())
        return;
    m_isReading = true;
    m_isStale = m_isRunning;
    const quint64 ticket = ++m_ticket;
    QMetaObject::invokeMethod(
        m_reader, [reader = m_reader, ticket, request = m_request] { reader->run(ticket, request); },
        Qt::QueuedConnection);
}

void ShapesPane::updateTicking()
{
    const bool wanted = isVisible() && !m_isPaused;
    if (!wanted || !m_isRunning)
        m_tick.stop();
    if (wanted && m_isStale && !m_tick.isActive())
        ask();
    if (wanted && m_isRunning && !m_tick.isActive())
        m_tick.start();
}

void ShapesPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    updateTicking();
}

void ShapesPane::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_tick.stop();
}

void ShapesPane::take(quint64 ticket, const ShapeResultPtr& result)
{
    if (ticket != m_ticket)
        return;
    m_isReading = false;
    m_result = result;
    m_types->setResult(result);
    int row = m_types->rowOf(m_type);
    if (row < 0 && m_types->rowCount() > 0) {
        row = 0;
        m_type = m_types->typeAt(row);
    }
    if (row >= 0 && m_typeTable->currentIndex().row() != row)
        m_typeTable->selectRow(row);
    showType();
    if (m_isStale && !m_isRunning)
        updateTicking(); // the session ended while it was read
}

void ShapesPane::showType()
{
    const int scrolled = m_pathTable->verticalScrollBar()->value();
    const QByteArray current = m_paths->pointerAt(m_pathTable->currentIndex().row());
    const bool isSameType = m_paths->shape() && m_paths->shape()->type == m_type;
    m_paths->setResult(m_result, m_type);
    if (isSameType && !m_pathTable->currentIndex().isValid()) { // rows came or went: stay where a person looks
        for (int row = 0; row < m_paths->rowCount(); ++row) {
            if (!current.isNull() && m_paths->pointerAt(row) == current)
                m_pathTable->selectRow(row);
        }
        m_pathTable->verticalScrollBar()->setValue(scrolled);
    }
    showWords();
}

void ShapesPane::showProgress(quint64 ticket, quint64 done, quint64 all)
{
    if (ticket != m_ticket || m_result)
        return;
    m_empty->setText(tr("Reading: %1 of %2 frames").arg(countText(done), countText(all)));
}

QString ShapesPane::wordsOfResult() const
{
    QString words = shapeSummaryText(m_result->report);
    if (m_result->questionError)
        return tr("! Nothing is compared: %1").arg(errorSentence(*m_result->questionError));
    if (m_result->isComparison) {
        const QString count = m_result->changes.empty() ? tr("✓ No changes")
                                                        : tr("≠ %1 changes").arg(countText(m_result->changes.size()));
        if (!m_request.comparedTo.isEmpty())
            words =
                tr("%1 compared to %2 · %3").arg(count, visibleText(QFileInfo(m_request.comparedTo).fileName()), words);
        else if (m_result->sinceFrame == 0)
            words = tr("No frame since %1 yet · %2").arg(visibleText(m_request.since), words);
        else
            words = tr("%1 since frame %2 · %3").arg(count, countText(m_result->sinceFrame), words);
    }
    if (m_paths->shape()) {
        if (const QString bounds = shapeBoundsText(*m_paths->shape()); !bounds.isEmpty())
            words = bounds + QStringLiteral(" · ") + words;
    }
    return words;
}

void ShapesPane::showWords()
{
    const bool hasRows = m_types->rowCount() > 0;
    m_pages->setCurrentIndex(hasRows ? 1 : 0);
    m_summary->setVisible(hasRows);
    if (hasRows) {
        m_summary->setText(wordsOfResult());
        m_summary->setToolTip(m_summary->text().toHtmlEscaped());
    } else if (m_request.path.isEmpty()) {
        m_empty->setText(tr("No session."));
    } else if (!m_result) {
        m_empty->setText(tr("Reading the session…"));
    } else if (m_result->error && !m_isRunning) {
        m_empty->setText(tr("✕ The session could not be read. %1").arg(errorSentence(*m_result->error)));
    } else {
        m_empty->setText(shapeEmptyText(m_result->report));
    }
    m_sinceSelected->setText(m_selectedFrame > 0 ? tr("Since frame %1").arg(countText(m_selectedFrame))
                                                 : tr("Since the selected frame"));
    m_sinceSelected->setEnabled(m_selectedFrame > 0 && !m_request.path.isEmpty());
    m_compare->setText(m_request.comparedTo.isEmpty() ? tr("Compare with a session…") : tr("Stop comparing"));
    m_compare->setEnabled(!m_request.path.isEmpty());
    m_since->setEnabled(!m_request.path.isEmpty());
    m_onlyChanged->setVisible(m_result && m_result->isComparison);
    m_onlyChanged->setText(tr("Only changes"));
    m_copy->setEnabled(m_paths->shape() != nullptr);
    m_exportButton->setEnabled(hasRows && !m_export->isRunning());
}

QString ShapesPane::summaryText() const
{
    return m_types->rowCount() > 0 ? m_summary->text() : m_empty->text();
}

void ShapesPane::copySchema()
{
    if (!m_paths->shape())
        return;
    QGuiApplication::clipboard()->setText(QString::fromUtf8(proposedSchema(*m_paths->shape())));
    m_copy->setText(tr("✓ Copied"));
    QTimer::singleShot(saidMs, m_copy, [this] { m_copy->setText(tr("Copy proposed schema")); });
}

void ShapesPane::chooseComparison()
{
    auto* dialog = new QFileDialog(this, tr("Compare with an earlier session"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Sessions (*.framescope)"));
    dialog->setDirectory(QFileInfo(m_request.path).absolutePath());
    connect(dialog, &QFileDialog::fileSelected, this, &ShapesPane::compareTo);
    dialog->open();
}

void ShapesPane::chooseExport()
{
    if (!m_result || m_export->isRunning())
        return;
    auto* dialog = new QFileDialog(this, tr("Export the shapes"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Comma-separated values (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("shapes.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &ShapesPane::exportTo);
    dialog->open();
}

void ShapesPane::exportTo(const QString& path)
{
    if (!m_result || m_export->isRunning() || path.isEmpty())
        return;
    m_exportPath = path;
    m_exportBar->showStarted(path);
    m_export->start([result = m_result, path](const ExportProgress&) { return shapesCsv(*result).writeTo(path); });
    showWords();
}

void ShapesPane::finishExport()
{
    const Expected<ExportResult>& result = m_export->result();
    m_exportBar->showResult(m_exportPath, result);
    showWords();
    if (!result)
        return;
    const QJsonObject detail{{QStringLiteral("rows"), qint64(result->rows)},
                             {QStringLiteral("bytes"), result->bytes},
                             {QStringLiteral("sha256"), QString::fromLatin1(result->sha256Hex)},
                             {QStringLiteral("what"), QStringLiteral("shapes")},
                             {QStringLiteral("format"), QStringLiteral("csv")}};
    Q_EMIT exported(auditEvent(AuditAction::Exported, Severity::Note, m_exportPath, detail));
}

} // namespace framescope
