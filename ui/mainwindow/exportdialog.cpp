#include "ui/mainwindow/exportdialog.h"

#include "core/session/exportscope.h"
#include "ui/common/numbers.h"
#include "ui/common/widgets.h"

#include <QButtonGroup>
#include <QFileDialog>
#include <QLineEdit>
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
    , m_spans(offer.selected)
    , m_all(new QRadioButton(tr("&All frames (%1)").arg(countText(offer.frames)), this))
    , m_shown(new QRadioButton(this))
    , m_selected(new QRadioButton(this))
    , m_marked(new QRadioButton(tr("Only the &marked frames (%1)").arg(countText(offer.marked)), this))
    , m_audit(new QRadioButton(tr("A&udit log: frames and events (%1)").arg(countText(offer.auditEntries)), this))
    , m_csv(new QRadioButton(tr("&CSV, one row each"), this))
    , m_jsonLines(new QRadioButton(tr("&JSON lines, one object each"), this))
    , m_har(new QRadioButton(tr("&HAR, as browsers save it (frames only)"), this))
    , m_since(new QLineEdit(this))
    , m_until(new QLineEdit(this))
    , m_problem(plainLabel({}, this))
    , m_next(primaryButton(tr("Choose a fil&e…"), this))
{
    setWindowTitle(tr("Export"));
    setModal(false);
    offerParts(offer);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    addGroup(column, this, tr("What"), {m_all, m_shown, m_selected, m_marked, m_audit});
    column->addWidget(timeRow());
    column->addWidget(m_problem);
    column->addSpacing(8);
    addGroup(column, this, tr("Form"), {m_csv, m_jsonLines, m_har});
    // Only now: before they are in groups, all of them exclude each other.
    const bool hasSelection = m_spans.size() > 1 || (!m_spans.empty() && m_spans.front().first < m_spans.front().last);
    (hasSelection ? m_selected : m_filter.isEmpty() ? m_all : m_shown)->setChecked(true);
    m_csv->setChecked(true);
    QLabel* note = secondaryLabel(
        tr("Control messages such as heartbeats are exported whether they are folded or not. Columns: see README. A "
           "manifest goes beside the file: source, counts, losses, SHA-256."),
        this);
    note->setWordWrap(true);
    column->addWidget(note);
    column->addSpacing(8);
    auto* cancel = new QPushButton(tr("C&lose"), this);
    cancel->setAutoDefault(false);
    m_next->setDefault(true);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(cancel);
    row->addWidget(m_next);
    column->addLayout(row);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    wire();
    adjust();
}

void ExportDialog::offerParts(const Offer& offer)
{
    const bool isFiltered = !offer.filter.isEmpty();
    m_shown->setText(isFiltered ? tr("Only frames that the &filter shows (%1 so far)").arg(countText(offer.shownFrames))
                                : tr("Only frames that the &filter shows (no filter is set)"));
    m_shown->setEnabled(isFiltered);
    quint64 selected = 0;
    for (const FrameSpan& span : m_spans)
        selected += span.last - span.first + 1;
    m_selected->setText(tr("Only the &selected frames (%1)").arg(countText(selected)));
    m_selected->setEnabled(selected > 0);
    m_marked->setEnabled(offer.marked > 0);
}

void ExportDialog::wire()
{
    connect(m_next, &QPushButton::clicked, this, &ExportDialog::chooseFile);
    for (QRadioButton* button : {m_selected, m_audit})
        connect(button, &QRadioButton::toggled, this, &ExportDialog::adjust);
    for (QLineEdit* edit : {m_since, m_until})
        connect(edit, &QLineEdit::textChanged, this, &ExportDialog::adjust);
}

QWidget* ExportDialog::timeRow()
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* from = new QLabel(tr("F&rom"), row);
    auto* to = new QLabel(tr("&to"), row);
    from->setBuddy(m_since);
    to->setBuddy(m_until);
    for (QLineEdit* edit : {m_since, m_until}) {
        edit->setPlaceholderText(tr("20:15:07 or frame no."));
        constexpr int frameAndPadding = 26;
        edit->setMinimumWidth(edit->fontMetrics().horizontalAdvance(edit->placeholderText()) + frameAndPadding);
        edit->setToolTip(tr("A time of day in UTC, a whole RFC 3339 time, or a frame's number; empty for no limit"));
    }
    m_since->setAccessibleName(tr("From this time or frame"));
    m_until->setAccessibleName(tr("Up to this time or frame"));
    for (QWidget* widget : std::initializer_list<QWidget*>{from, m_since, to, m_until})
        layout->addWidget(widget);
    setKind(m_problem, "refused");
    return row;
}

void ExportDialog::adjust()
{
    m_har->setEnabled(!m_audit->isChecked());
    if (m_audit->isChecked() && m_har->isChecked())
        m_csv->setChecked(true);
    m_since->setEnabled(!m_selected->isChecked());
    m_until->setEnabled(!m_selected->isChecked());
    // Only the form is looked at here; which day a time of day means is known to the session's file.
    const auto scope = exportScopeFromText(m_since->text(), {}, 0);
    const auto end = exportScopeFromText({}, m_until->text(), 0);
    const bool isGood = m_selected->isChecked() || (scope && end);
    m_problem->setText(isGood ? QString() : tr("Neither a frame's number nor a time such as 20:15:07."));
    m_problem->setVisible(!isGood);
    m_next->setEnabled(isGood);
}

FrameExport::Choice ExportDialog::choice() const
{
    FrameExport::Choice result;
    result.what = m_audit->isChecked() ? ExportWhat::Audit : ExportWhat::Frames;
    result.format = m_csv->isChecked()         ? ExportFormat::Csv
                    : m_jsonLines->isChecked() ? ExportFormat::JsonLines
                                               : ExportFormat::Har;
    if (m_shown->isChecked())
        result.filter = m_filter;
    result.onlyMarked = m_marked->isChecked();
    if (m_selected->isChecked()) {
        result.spans = m_spans;
        return result;
    }
    result.since = m_since->text().trimmed();
    result.until = m_until->text().trimmed();
    return result;
}

void ExportDialog::chooseFile()
{
    const FrameExport::Choice chosen = choice();
    auto* dialog = new QFileDialog(this, tr("Export to"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(chosen.format == ExportFormat::Csv         ? tr("Comma-separated values (*.csv)")
                          : chosen.format == ExportFormat::JsonLines ? tr("JSON lines (*.jsonl)")
                                                                     : tr("HTTP archive (*.har)"));
    dialog->setDefaultSuffix(exportSuffix(chosen.format));
    dialog->selectFile(m_target->suggestedName(chosen));
    connect(dialog, &QFileDialog::fileSelected, this, [this, chosen](const QString& path) {
        m_target->start(path, chosen);
        accept();
    });
    dialog->open();
}

} // namespace framescope
