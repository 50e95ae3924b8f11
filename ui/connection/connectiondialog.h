#pragma once
/// Profiles: which organisation's stream to connect to, and as whom. Test signs in and opens the stream once and says
/// in place what came of it.
///
/// Thread: gui. Not modal; nothing here waits. A stored secret is never shown: the field takes a new one, and an empty
/// field means "the stored one". With no keyring a secret stays in memory only, and a notice says so.
#include "core/session/profilestore.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace framescope {

class ConnectionDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ConnectionDialog(ProfileStore* store, QWidget* parent = nullptr);

    /// Shows the profile of that name; an unknown one is left alone.
    void selectProfile(const QString& name);
    /// What Test, Save or Connect said last.
    [[nodiscard]] QString resultText() const;
    [[nodiscard]] QString keyringNotice() const;

public Q_SLOTS:
    void test();
    /// False when the form is not right; the form says why.
    bool saveProfile();
    void connectNow();

Q_SIGNALS:
    void connectRequested(const framescope::SessionConfig& config);

private:
    enum class Tone
    {
        Neutral,
        Good,
        Bad
    };

    QWidget* buildList();
    QWidget* buildForm();
    QWidget* buildButtons();
    void addRow(QFormLayout* form, const QString& label, QWidget* field);
    void fillRegions();
    void refreshNames();
    void showProfile(const Profile& profile);
    void startNew();
    void removeProfile();
    void useRegion(int index);
    void showPlaceholders();
    [[nodiscard]] Profile editedProfile() const;
    /// An empty text when all is well.
    [[nodiscard]] QString problemOf(const Profile& profile) const;
    [[nodiscard]] bool checkForm(const Profile& profile);
    /// Calls @p next with the typed secret, or with the stored one.
    void withSecret(const Profile& profile, std::function<void(const Secret&)> next);
    void storeTypedSecret(const QString& name);
    void say(const QString& text, Tone tone);
    void setBusy(bool isBusy);

    ProfileStore* m_store;
    QListWidget* m_names;
    QPushButton* m_remove;
    QLineEdit* m_name;
    QComboBox* m_region;
    QLineEdit* m_url;
    QLineEdit* m_tokenUrl;
    QLineEdit* m_clientId;
    QLineEdit* m_secret;
    QLineEdit* m_scope;
    QLineEdit* m_caFile;
    QCheckBox* m_signIn;
    QLabel* m_notice;
    QLabel* m_result;
    QPushButton* m_test;
    QPushButton* m_save;
    QPushButton* m_connect;
    quint64 m_request = 0; ///< replies to an earlier one are dropped
};

} // namespace framescope
