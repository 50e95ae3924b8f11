#include "ui/mainwindow/replaydialog.h"

#include "core/session/sessionconfig.h"
#include "ui/common/widgets.h"
#include "ui/mainwindow/replaybar.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QVBoxLayout>

namespace framescope {

namespace {
constexpr int leastWidth = 520;
}

ReplayDialog::ReplayDialog(const QString& path, QWidget* parent)
    : QDialog(parent)
    , m_path(new QLineEdit(path, this))
    , m_speed(new QComboBox(this))
    , m_start(primaryButton(tr("&Replay"), this))
{
    setWindowTitle(tr("Replay"));
    setModal(false);
    setMinimumWidth(leastWidth);
    fillReplaySpeeds(m_speed, 1);
    m_path->setAccessibleName(tr("Session file"));
    m_speed->setAccessibleName(tr("Speed of the replay"));
    auto* choose = new QPushButton(tr("Choose a &file…"), this);
    choose->setAutoDefault(false);
    auto* fileRow = new QHBoxLayout;
    fileRow->addWidget(m_path, 1);
    fileRow->addWidget(choose);
    QLabel* note = secondaryLabel(tr("Its messages go through the same pipeline as live ones and are recorded as a "
                                     "new session, labelled REPLAY. The session itself is only read."),
                                  this);
    note->setWordWrap(true);
    auto* cancel = new QPushButton(tr("C&lose"), this);
    cancel->setAutoDefault(false);
    m_start->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_start);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(8);
    column->addWidget(titleLabel(tr("Which session"), this));
    column->addLayout(fileRow);
    column->addWidget(titleLabel(tr("How fast"), this));
    column->addWidget(m_speed, 0, Qt::AlignLeft);
    column->addWidget(note);
    column->addLayout(buttons);
    const auto check = [this] { m_start->setEnabled(QFileInfo(m_path->text()).isFile()); };
    connect(m_path, &QLineEdit::textChanged, this, check);
    connect(choose, &QPushButton::clicked, this, &ReplayDialog::chooseFile);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_start, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen({m_path->text(), m_speed->currentData().toDouble()});
        accept();
    });
    check();
}

void ReplayDialog::chooseFile()
{
    const QString folder = m_path->text().isEmpty() ? defaultSessionFolder() : QFileInfo(m_path->text()).absolutePath();
    auto* dialog =
        new QFileDialog(this, tr("Replay a session"), folder, tr("Framescope sessions (*.framescope);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

} // namespace framescope
