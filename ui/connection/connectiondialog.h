#pragma once
/// Profiles: which organisation's stream or topics to connect to, and as whom. Test signs in and opens the stream once
/// (notifications: subscribes the topics once) and says in place what came of it.
///
/// Thread: gui. Not modal; nothing here waits. A stored secret is never shown: the field takes a new one, and an empty
/// field means "the stored one". With no keyring a secret stays in memory only, and a notice says so. A person's token
/// stays in memory only, always.
#include "core/session/profilestore.h"

#include <QDialog>
#include <optional>

class QLabel;
class QListWidget;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace framescope {

class BrowserSignIn;
class ProfileForm;
class TopicChooser;

class ConnectionDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ConnectionDialog(ProfileStore* store, QWidget* parent = nullptr);
    ~ConnectionDialog() override;

    /// Shows the profile of that name; an unknown one is left alone.
    void selectProfile(const QString& name);
    /// What Test, Save or Connect said last.
    [[nodiscard]] QString resultText() const;
    [[nodiscard]] QString keyringNotice() const;
    [[nodiscard]] TopicChooser* topics() const { return m_topics; }
    [[nodiscard]] BrowserSignIn* browser() const { return m_browser; }

public Q_SLOTS:
    void test();
    /// False when the form is not right; the form says why.
    bool saveProfile();
    void connectNow();
    /// Asks the service which topics there are.
    void loadTopics();

Q_SIGNALS:
    void connectRequested(const framescope::SessionConfig& config);

private:
    enum class Tone
    {
        Neutral,
        Good,
        Bad
    };
    /// As whom: a secret, or the token of a person.
    struct Access
    {
        Secret secret;
        std::optional<AccessToken> token;
    };
    using WithAccess = std::function<void(const Access&)>;

    QWidget* buildList();
    QWidget* buildSheet();
    QWidget* buildButtons();
    void wire();
    void refreshNames();
    void showProfile(const Profile& profile);
    void showKind();
    void showNotice();
    void startNew();
    void removeProfile();
    [[nodiscard]] Profile editedProfile() const;
    [[nodiscard]] bool checkForm(const Profile& profile, bool needsTopics = true);
    /// Calls @p next with the typed secret, the stored one, or a person's token.
    void withAccess(const Profile& profile, WithAccess next);
    void withSecret(const Profile& profile, WithAccess next);
    void withPerson(const Profile& profile, WithAccess next);
    void storeTypedSecret(const QString& name);
    void say(const QString& text, Tone tone);
    void setBusy(bool isBusy);

    ProfileStore* m_store;
    QListWidget* m_names;
    QPushButton* m_remove;
    QTabBar* m_tabs;
    QStackedWidget* m_pages;
    ProfileForm* m_form;
    TopicChooser* m_topics;
    BrowserSignIn* m_browser;
    QLabel* m_notice;
    QLabel* m_result;
    QPushButton* m_test;
    QPushButton* m_save;
    QPushButton* m_connect;
    quint64 m_request = 0; ///< replies to an earlier one are dropped
};

} // namespace framescope
