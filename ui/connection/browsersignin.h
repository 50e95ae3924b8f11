#pragma once
/// A person's sign-in in the system's browser, seen from the window: a line that says that it waits, for how long yet,
/// with Open again and Cancel. The token is held in memory only, and given again while it holds.
///
/// Thread: gui. Nothing here waits. Errors of the reply: those of PkceSignIn, Cancelled.
#include "core/genesys/pkcesignin.h"

#include <QFrame>
#include <QTimer>
#include <functional>
#include <optional>

class QLabel;
class QPushButton;

namespace framescope {

class BrowserSignIn : public QFrame
{
    Q_OBJECT

public:
    using Reply = std::function<void(const Expected<AccessToken>&)>;
    using Opener = std::function<bool(const QUrl&)>; ///< false: no browser could be opened

    explicit BrowserSignIn(QWidget* parent = nullptr);
    ~BrowserSignIn() override;

    /// Replies later, or at once while a token of the same request holds. A sign-in before is cancelled.
    void start(const PkceRequest& request, Reply reply);
    void cancel();
    void forget(); ///< the token too
    [[nodiscard]] bool isWaiting() const { return m_signIn != nullptr; }
    [[nodiscard]] QString text() const;
    /// Other than the desktop's browser: tests.
    void setOpener(Opener opener) { m_opener = std::move(opener); }

private:
    void open();
    void showWaiting();
    void answer(const Expected<AccessToken>& outcome);

    std::unique_ptr<PkceSignIn> m_signIn;
    Reply m_reply;
    Opener m_opener;
    QUrl m_url;
    QString m_heldFor; ///< which request the token is of
    std::optional<AccessToken> m_token;
    qint64 m_deadlineMonoNs = 0;
    QString m_aside; ///< what happened meanwhile
    QLabel* m_text;
    QPushButton* m_again;
    QPushButton* m_cancel;
    QTimer m_second;
};

} // namespace framescope
