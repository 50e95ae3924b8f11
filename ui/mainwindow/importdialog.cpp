#include "ui/mainwindow/importdialog.h"

#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"
#include "ui/connection/connectionform.h"
#include "ui/connection/redactionedit.h"

#include <QComboBox>
#include <QFileInfo>
#include <QVBoxLayout>

namespace framescope {

namespace {
constexpr int usualWidth = 528;  ///< of what stands in it
constexpr int longestName = 420; ///< pixels
} // namespace

ImportDialog::ImportDialog(const QString& capturePath, QWidget* parent)
    : QDialog(parent)
    , m_path(capturePath)
    , m_payloads(new QComboBox(this))
    , m_redaction(new RedactionEdit(this))
{
    setWindowTitle(tr("Import"));
    setModal(false);
    const QString name = visibleText(QFileInfo(capturePath).fileName());
    QLabel* title = titleLabel({}, this);
    title->setText(tr("Import %1").arg(title->fontMetrics().elidedText(name, Qt::ElideMiddle, longestName)));
    title->setToolTip(visibleText(capturePath));
    QLabel* note = secondaryLabel(tr("Its messages are judged as live ones and kept as a new session, labelled "
                                     "IMPORTED. The capture itself is only read and stays as it is."),
                                  this);
    note->setWordWrap(true);
    note->setMinimumWidth(usualWidth);
    auto* payloadsLabel = new QLabel(tr("Pay&loads"), this);
    payloadsLabel->setBuddy(m_payloads);
    fillPayloadPolicies(m_payloads);
    m_payloads->setAccessibleName(tr("Payloads"));
    m_redaction->setAccessibleName(tr("Redaction rules"));
    auto* cancel = new QPushButton(tr("&Cancel"), this);
    auto* start = primaryButton(tr("&Import"), this);
    cancel->setAutoDefault(false);
    start->setDefault(true);
    auto* choice = new QHBoxLayout;
    choice->addWidget(payloadsLabel);
    choice->addWidget(m_payloads, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(start);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(8);
    column->setSizeConstraint(QLayout::SetFixedSize); // it grows and shrinks with the rules and what is wrong with them
    column->addWidget(title);
    column->addWidget(note);
    column->addLayout(choice);
    column->addWidget(m_redaction);
    column->addLayout(buttons);
    const ImportChoice last = WindowMemory::lastImport();
    m_payloads->setCurrentIndex(m_payloads->findData(int(last.payloads)));
    m_redaction->setRules(last.redaction);
    connect(m_payloads, &QComboBox::currentIndexChanged, this, &ImportDialog::showRules);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(start, &QPushButton::clicked, this, &ImportDialog::confirm);
    showRules();
    m_payloads->setFocus();
}

PayloadPolicy ImportDialog::payloads() const
{
    return PayloadPolicy(m_payloads->currentData().toInt());
}

void ImportDialog::showRules()
{
    m_redaction->setVisible(payloads() == PayloadPolicy::Redacted);
}

/// Rules that cannot be read are never passed over in silence: with them, nothing is imported.
void ImportDialog::confirm()
{
    const Expected<RedactionRules> rules = m_redaction->rules();
    if (payloads() == PayloadPolicy::Redacted && !m_redaction->check()) {
        m_redaction->setFocus();
        return;
    }
    const ImportChoice choice{payloads(), rules.value_or(WindowMemory::lastImport().redaction)};
    WindowMemory::setLastImport(choice);
    Q_EMIT chosen(m_path, choice);
    accept();
}

} // namespace framescope
