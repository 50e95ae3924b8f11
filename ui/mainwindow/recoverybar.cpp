#include "ui/mainwindow/recoverybar.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QMessageBox>

namespace framescope {

namespace {

/// Without milliseconds: nobody looks for a session by them.
QString secondText(qint64 wallNs)
{
    return utcDateTimeText(wallNs).section(QLatin1Char('.'), 0, 0);
}

} // namespace

RecoveryBar::RecoveryBar(QWidget* parent)
    : QFrame(parent)
    , m_title(titleLabel({}, this))
    , m_what(plainLabel({}, this))
    , m_later(linkButton(tr("Later"), this))
{
    setKind(this, "notice");
    setAccessibleName(tr("Interrupted sessions"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(24, 14, 20, 6); // as the notice above it
    layout->setSpacing(10);
    QLabel* glyph = titleLabel(QStringLiteral("!"), this);
    setKind(glyph, "warning");
    m_what->setWordWrap(true);
    auto* text = new QVBoxLayout;
    text->setSpacing(1);
    text->addWidget(m_title);
    text->addWidget(m_what);
    layout->addWidget(glyph, 0, Qt::AlignTop);
    layout->addLayout(text, 1);
    const auto add = [this, layout](const QString& words, const QString& tip, auto slot) {
        QPushButton* button = linkButton(words, this);
        button->setToolTip(tip);
        connect(button, &QPushButton::clicked, this, slot);
        layout->addWidget(button);
        m_buttons += button;
    };
    add(tr("Recover"), tr("Make one file of it again, note that in its audit log, and open it"),
        [this] { open(false); });
    add(tr("Open a copy"), tr("Recover a copy; the session stays as it was found"), [this] { open(true); });
    add(tr("Discard…"), tr("Move it to the trash"), [this] { askToDiscard(); });
    layout->addWidget(m_later);
    m_buttons += m_later;
    m_later->setToolTip(tr("It is offered again at the next start"));
    connect(m_later, &QPushButton::clicked, this, &RecoveryBar::done);
    hide();
}

void RecoveryBar::lookIn(const QString& folder)
{
    recovery::find(folder, this, [this](const std::vector<InterruptedSession>& sessions) {
        m_sessions = sessions;
        showFirst();
        Q_EMIT looked(int(sessions.size()));
    });
}

void RecoveryBar::showFirst()
{
    setBusy(false);
    setVisible(!m_sessions.empty());
    if (m_sessions.empty())
        return;
    const InterruptedSession& session = m_sessions.front();
    const QString name = visibleText(QFileInfo(session.path).completeBaseName());
    const QString rest = m_sessions.size() == 1 ? QString() : tr(" · %n more", nullptr, int(m_sessions.size()) - 1);
    m_title->setText(tr("A session was interrupted: %1").arg(name) + rest);
    m_what->setText(tr("%1 · %2 to %3 UTC · %4 frames · %5")
                        .arg(visibleText(QString::fromUtf8(session.info.sourceName)),
                             secondText(session.info.startedWallNs), secondText(session.lastWallNs),
                             countText(session.frames), sizeText(quint64(session.bytes))));
    m_later->setText(m_sessions.size() == 1 ? tr("Later") : tr("Later, next"));
    setAccessibleDescription(m_title->text() + QLatin1Char(' ') + m_what->text());
}

void RecoveryBar::setBusy(bool isBusy)
{
    for (QPushButton* button : qAsConst(m_buttons))
        button->setEnabled(!isBusy);
}

void RecoveryBar::open(bool asCopy)
{
    setBusy(true);
    recovery::open(m_sessions.front(), asCopy, this, [this](const Expected<recovery::Recovered>& result) {
        if (!result) {
            setBusy(false);
            Q_EMIT failed(result.error());
            return;
        }
        done();
        Q_EMIT recovered(result->path);
        if (result->auditError)
            Q_EMIT failed(*result->auditError);
    });
}

void RecoveryBar::askToDiscard()
{
    const InterruptedSession& session = m_sessions.front();
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Discard session"),
                                tr("Move %1 with its %2 frames to the trash?")
                                    .arg(visibleText(QFileInfo(session.path).fileName()), countText(session.frames)),
                                QMessageBox::Cancel, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* discardButton = box->addButton(tr("Move to trash"), QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::buttonClicked, this, [this, discardButton](const QAbstractButton* clicked) {
        if (clicked == discardButton)
            discard();
    });
    box->open();
}

void RecoveryBar::discard()
{
    setBusy(true);
    const QString path = m_sessions.front().path;
    recovery::discard(path, this, [this, path](const Expected<void>& result) {
        if (!result) {
            setBusy(false);
            Q_EMIT failed(result.error());
            return;
        }
        Q_EMIT notice(tr("%1 is in the trash.").arg(QFileInfo(path).fileName()));
        done();
    });
}

void RecoveryBar::done()
{
    m_sessions.erase(m_sessions.begin());
    showFirst();
}

} // namespace framescope
