#include "ui/mainwindow/exportdialog.h"

#include "ui/common/numbers.h"
#include "ui/common/widgets.h"

#include <QButtonGroup>
#include <QFileDialog>
#include <QRadioButton>
#include <QVBoxLayout>

namespace framescope {

namespace {

void addGroup(QVBoxLayout* column, QDialog* dialog, const QString& title, const QList<QRadioButton*>& buttons)
{
    auto* group = new QButtonGroup(dialog);
    column->addWidget(titleLabel(title, dialog));
    for (QRadioButton* button : buttons) {
        group->addButton(button);
        column->addWidget(button);
    }
    column->addSpacing(8);
}

} // namespace

ExportDialog::ExportDialog(FrameExport* target, const Offer& offer, QWidget* parent)
    : QDialog(parent)
    , m_target(target)
    , m_filter(offer.filter)
    , m_all(new QRadioButton(tr("&All frames (%1)").arg(countText(offer.frames)), this))
    , m_shown(new QRadioButton(this))
    , m_audit(new QRadioButton(tr("A&udit log: frames and events (%1)").arg(countText(offer.auditEntries)), this))
    , m_csv(new QRadioButton(tr("&CSV, one row each"), this))
    , m_jsonLines(new QRadioButton(tr("&JSON lines, one object each"), this))
{
    setWindowTitle(tr("Export"));
    setModal(false);
    const bool isFiltered = !offer.filter.isEmpty();
    m_shown->setText(isFiltered ? tr("Only frames that the &filter shows (%1 so far)").arg(countText(offer.shownFrames))
                                : tr("Only frames that the &filter shows (no filter is set)"));
    m_shown->setEnabled(isFiltered);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    addGroup(column, this, tr("What"), {m_all, m_shown, m_audit});
    addGroup(column, this, tr("Form"), {m_csv, m_jsonLines});
    // Only now: before they are in groups, all five exclude each other.
    (isFiltered ? m_shown : m_all)->setChecked(true);
    m_csv->setChecked(true);
    QLabel* note = secondaryLabel(
        tr("Control messages such as heartbeats are exported whether they are folded or not. Columns: see README."),
        this);
    note->setWordWrap(true);
    column->addWidget(note);
    column->addSpacing(8);
    auto* cancel = new QPushButton(tr("C&lose"), this);
    cancel->setAutoDefault(false);
    QPushButton* next = primaryButton(tr("Choose a fil&e…"), this);
    next->setDefault(true);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(cancel);
    row->addWidget(next);
    column->addLayout(row);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(next, &QPushButton::clicked, this, &ExportDialog::chooseFile);
}

FrameExport::Choice ExportDialog::choice() const
{
    FrameExport::Choice result;
    result.what = m_audit->isChecked() ? ExportWhat::Audit : ExportWhat::Frames;
    result.format = m_csv->isChecked() ? ExportFormat::Csv : ExportFormat::JsonLines;
    if (m_shown->isChecked())
        result.filter = m_filter;
    return result;
}

void ExportDialog::chooseFile()
{
    const FrameExport::Choice chosen = choice();
    const bool isCsv = chosen.format == ExportFormat::Csv;
    auto* dialog = new QFileDialog(this, tr("Export to"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(isCsv ? tr("Comma-separated values (*.csv)") : tr("JSON lines (*.jsonl)"));
    dialog->setDefaultSuffix(isCsv ? QStringLiteral("csv") : QStringLiteral("jsonl"));
    dialog->selectFile(m_target->suggestedName(chosen));
    connect(dialog, &QFileDialog::fileSelected, this, [this, chosen](const QString& path) {
        m_target->start(path, chosen);
        accept();
    });
    dialog->open();
}

} // namespace framescope
